-- Method: the purchases expected of a customer. As those of all customers of the source rest on the purchases so far,
-- one who bought more often, or for more, than its average adds to what is expected of all (delta method).
with

ages as (
    select * from {{ ref('int_purchase_ages') }}
),

payments as (
    select * from {{ ref('int_customer_payments') }}
    where way != 'subscriptions'
),

knowledge_dates as (
    select * from {{ ref('int_knowledge_dates') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

rates as (
    select
        *,
        sum(rate) over (
            partition by known_on, attribution_model, way order by step_number
            rows between unbounded preceding and current row
        ) - rate as purchases_before
    from {{ ref('int_way_rates') }}
    where billing_months is null
),

ratios as (
    select * from {{ ref('int_source_way_ratios') }}
),

margins as (
    select * from {{ ref('int_source_way_margins') }}
),

expected as (
    select known_on, attribution_model, source, way, sum(cast(margin as decimal(28, 9))) as margin
    from {{ ref('int_purchase_outlooks') }}
    group by known_on, attribution_model, source, way
),

sources as (
    select
        ratios.known_on, ratios.attribution_model, ratios.source, ratios.way, ratios.own_ratio,
        ratios.ratio * margins.margin_rate as margin_each,
        margins.margin_rate,
        coalesce({{ ratio('expected.margin', 'ratios.shrunk_events') }}, 0) as margin_per_event,
        coalesce({{ ratio('expected.margin', 'margins.margin_rate * margins.shrunk_base') }}, 0) as margin_per_margin
    from ratios
    inner join margins
        on
            ratios.known_on = margins.known_on
            and ratios.attribution_model = margins.attribution_model
            and ratios.source = margins.source
            and ratios.way = margins.way
    left join expected
        on
            ratios.known_on = expected.known_on
            and ratios.attribution_model = expected.attribution_model
            and ratios.source = expected.source
            and ratios.way = expected.way
),

bought as (
    select
        ages.*, shares.attribution_model, shares.source,
        cast(sum(payments.margin) as double) as margin,
        sum(payments.payments) as purchases
    from ages
    inner join payments on ages.account_id = payments.account_id and ages.way = payments.way
    inner join knowledge_dates
        on ages.known_on = knowledge_dates.known_on and payments.quarter <= knowledge_dates.quarter
    inner join shares on ages.account_id = shares.account_id
    group by all
),

expected_each as (
    select
        bought.*,
        rates.purchases_before + rates.rate * bought.part_of_step as purchases_so_far,
        greatest(at_horizon.purchases_before - rates.purchases_before - rates.rate * bought.part_of_step, 0)
            as purchases_to_come
    from bought
    inner join rates
        on
            bought.known_on = rates.known_on
            and bought.attribution_model = rates.attribution_model
            and bought.way = rates.way
            and bought.step_number = rates.step_number
    inner join rates as at_horizon
        on
            bought.known_on = at_horizon.known_on
            and bought.attribution_model = at_horizon.attribution_model
            and bought.way = at_horizon.way
            and bought.steps_to_horizon = at_horizon.step_number
),

final as (
    select
        expected_each.known_on, expected_each.attribution_model, expected_each.source, expected_each.account_id,
        sources.margin_each * expected_each.purchases_to_come
        + sources.margin_per_event
        * (expected_each.purchases - 1 - coalesce(sources.own_ratio, 0) * expected_each.purchases_so_far)
        + sources.margin_per_margin * (expected_each.margin - sources.margin_rate * expected_each.purchases)
            as margin
    from expected_each
    inner join sources
        on
            expected_each.known_on = sources.known_on
            and expected_each.attribution_model = sources.attribution_model
            and expected_each.source = sources.source
            and expected_each.way = sources.way
)

select * from final
