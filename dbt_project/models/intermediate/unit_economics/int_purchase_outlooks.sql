-- Method: of the running month since the first purchase the part that is left, and every further month of the horizon.
{% set left = 'case when rates.step_number = grouped.step_number then grouped.customers_of_step '
    'else grouped.customers end' %}
{% set horizon = var('ltv_horizon_months') %}
with

ages as (
    select * from {{ ref('int_purchase_ages') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

rates as (
    select * from {{ ref('int_way_rates') }}
    where billing_months is null and (rate > 0 or rate_error > 0)
),

ratios as (
    select * from {{ ref('int_source_way_ratios') }}
),

margins as (
    select * from {{ ref('int_source_way_margins') }}
),

grouped as (
    select
        ages.known_on,
        shares.attribution_model,
        shares.source,
        ages.way,
        ages.first_month,
        ages.step_number,
        sum(cast(shares.share as decimal(18, 12))) as customers,
        sum(cast(shares.share * (1 - ages.part_of_step) as decimal(28, 12))) as customers_of_step
    from ages
    inner join shares on ages.account_id = shares.account_id
    group by
        ages.known_on, shares.attribution_model, shares.source, ages.way, ages.first_month, ages.step_number
),

expected as (
    select
        grouped.known_on,
        grouped.attribution_model,
        grouped.source,
        grouped.way,
        grouped.first_month + rates.step_number as month_number,
        sum(cast(rates.rate * {{ left }} as decimal(28, 12))) as purchases,
        sum(cast(rates.rate_error * {{ left }} as decimal(28, 12))) as error
    from grouped
    inner join rates
        on
            grouped.known_on = rates.known_on
            and grouped.attribution_model = rates.attribution_model
            and grouped.way = rates.way
            and grouped.step_number <= rates.step_number
            and grouped.first_month + rates.step_number < {{ horizon }}
    group by
        grouped.known_on, grouped.attribution_model, grouped.source, grouped.way,
        grouped.first_month + rates.step_number
),

final as (
    select
        expected.known_on,
        expected.attribution_model,
        expected.source,
        expected.way,
        expected.month_number,
        cast(expected.purchases as double) * ratios.ratio as purchases,
        cast(expected.purchases as double) * ratios.ratio * margins.margin_rate as margin,
        cast(expected.error as double) * ratios.ratio * margins.margin_rate as margin_error
    from expected
    inner join ratios
        on
            expected.known_on = ratios.known_on
            and expected.attribution_model = ratios.attribution_model
            and expected.source = ratios.source
            and expected.way = ratios.way
    inner join margins
        on
            expected.known_on = margins.known_on
            and expected.attribution_model = margins.attribution_model
            and expected.source = margins.source
            and expected.way = margins.way
)

select * from final
