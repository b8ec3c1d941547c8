-- Method: what customers have brought in each month of their life, and what they are expected to bring in the months
-- that are not over; discounted to their first month.
{% set figures = [
    'subscription_margin', 'purchase_margin', 'more_own', 'more_low', 'more_high', 'purchase_error',
    'purchase_error_low'
] %}
{% set horizon = var('ltv_horizon_months') %}
with

realised as (
    select * from {{ ref('int_source_realised_months') }}
    where month_number < {{ horizon }}
),

renewals as (
    select * from {{ ref('int_renewal_outlooks') }}
),

purchases as (
    select * from {{ ref('int_purchase_outlooks') }}
),

margins as (
    select * from {{ ref('int_source_way_margins') }}
    where way = 'subscriptions'
),

expected_renewals as (
    select
        renewals.known_on,
        renewals.attribution_model,
        renewals.source,
        {%- for kind in ['', '_own', '_low', '_high'] %}
        sum(cast(cast(renewals.margin as double) * renewals.chance{{ kind }} as decimal(28, 9))) as margin{{ kind }},
        {%- endfor %}
        renewals.month_number
    from renewals
    group by renewals.known_on, renewals.attribution_model, renewals.source, renewals.month_number
),

-- Refunds come off what is expected as they came off what was paid. There are no fewer purchases than none.
parts as (
    select
        known_on, attribution_model, source, month_number,
        cast(case when way = 'subscriptions' then margin else 0 end as double) as subscription_margin,
        cast(case when way = 'subscriptions' then 0 else margin end as double) as purchase_margin,
        0 as more_own, 0 as more_low, 0 as more_high, 0 as purchase_error, 0 as purchase_error_low
    from realised
    union all
    select
        known_on, attribution_model, source, month_number, 0 as subscription_margin, margin as purchase_margin,
        0 as more_own, 0 as more_low, 0 as more_high, margin_error as purchase_error,
        least(margin_error, greatest(margin, 0) / {{ var('interval_z') }}) as purchase_error_low
    from purchases
    union all
    select
        expected_renewals.known_on, expected_renewals.attribution_model, expected_renewals.source,
        expected_renewals.month_number,
        expected_renewals.margin * margins.margin_rate as subscription_margin,
        0 as purchase_margin,
        {%- for kind in ['own', 'low', 'high'] %}
        (expected_renewals.margin_{{ kind }} - expected_renewals.margin) * margins.margin_rate as more_{{ kind }},
        {%- endfor %}
        0 as purchase_error, 0 as purchase_error_low
    from expected_renewals
    inner join margins
        on
            expected_renewals.known_on = margins.known_on
            and expected_renewals.attribution_model = margins.attribution_model
            and expected_renewals.source = margins.source
),

final as (
    select
        known_on,
        attribution_model,
        source,
        {%- for figure in figures %}
        cast(sum(cast(
            {{ figure }} / power(1 + {{ var('ltv_annual_discount_rate') }}, month_number / 12.0) as decimal(28, 9)
        )) as double) as {{ figure }},
        {%- endfor %}
        month_number
    from parts
    group by known_on, attribution_model, source, month_number
)

select * from final
