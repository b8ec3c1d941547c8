-- Method: a renewal was possible once it is decided; a purchase, in every month since the customer's first one.
with

customers as (
    select * from {{ ref('int_customers') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

terms as (
    select * from {{ ref('int_subscription_terms') }}
),

purchases as (
    select * from {{ ref('int_purchases') }}
),

ages as (
    select * from {{ ref('int_purchase_ages') }}
),

knowledge_dates as (
    select * from {{ ref('int_knowledge_dates') }}
),

numbers as (
    select cast(number as integer) as step_number
    from {{ number_series(0, 2 * var('ltv_horizon_months')) }}
),

-- Losses count as events of a subscription.
events as (
    select
        account_id, way, billing_months, renewals_before as step_number, decided_on as happened_on,
        1 as chances,
        case when renewed_on is null then 1 else 0 end as events,
        0 as customers
    from terms
    union all
    select
        account_id, way, billing_months, 0 as step_number, min(paid_on) as happened_on,
        0 as chances, 0 as events, 1 as customers
    from terms
    group by account_id, way, billing_months
    union all
    select
        account_id, way, null as billing_months, month_number as step_number, bought_on as happened_on,
        0 as chances,
        case when bought_on > first_on then 1 else 0 end as events,
        case when bought_on = first_on then 1 else 0 end as customers
    from purchases
),

-- What happened before the customer was won is known when it is won.
known_events as (
    select
        events.*,
        {{ quarter_of('greatest(events.happened_on, customers.acquired_on)') }} as quarter
    from events
    inner join customers on events.account_id = customers.account_id
    where greatest(events.happened_on, customers.acquired_on) <= {{ as_of_date() }}
),

summed as (
    select
        shares.attribution_model, shares.source, known_events.way, known_events.billing_months,
        known_events.step_number, known_events.quarter,
        sum(cast(shares.share * known_events.chances as decimal(28, 12))) as chances,
        sum(cast(shares.share * known_events.events as decimal(28, 12))) as events,
        sum(cast(shares.share * known_events.customers as decimal(28, 12))) as customers
    from known_events
    inner join shares on known_events.account_id = shares.account_id
    group by
        shares.attribution_model, shares.source, known_events.way, known_events.billing_months,
        known_events.step_number, known_events.quarter
),

exposures as (
    select
        ages.known_on, shares.attribution_model, shares.source, ages.way, ages.step_number,
        sum(cast(shares.share as decimal(18, 12))) as customers,
        sum(cast(shares.share * ages.part_of_step as decimal(28, 12))) as customers_of_step
    from ages
    inner join shares on ages.account_id = shares.account_id
    group by ages.known_on, shares.attribution_model, shares.source, ages.way, ages.step_number
),

-- Months since the first purchase, the running one by the part of it that is over.
evidence as (
    select
        knowledge_dates.known_on, summed.attribution_model, summed.source, summed.way, summed.billing_months,
        summed.step_number, summed.chances, summed.events, summed.customers
    from summed
    inner join knowledge_dates on summed.quarter <= knowledge_dates.quarter
    union all
    select
        exposures.known_on, exposures.attribution_model, exposures.source, exposures.way, null as billing_months,
        numbers.step_number,
        case
            when numbers.step_number < exposures.step_number then exposures.customers else exposures.customers_of_step
        end as chances,
        0 as events, 0 as customers
    from exposures
    inner join numbers on exposures.step_number >= numbers.step_number
),

final as (
    select
        known_on, attribution_model, source, way, billing_months, step_number,
        cast(sum(customers) as double) as customers,
        cast(sum(chances) as double) as chances,
        cast(sum(events) as double) as events
    from evidence
    group by known_on, attribution_model, source, way, billing_months, step_number
)

select * from final
