-- Method: a customer who had counted as lost comes back with the next payment. Where periods are known, one-off
-- payments keep nobody.
with

deals as (
    select
        account_id,
        {{ reporting_date('won_at') }} as won_on
    from {{ ref('int_deals') }}
    where is_first_won
),

revenue as (
    select * from {{ ref('int_revenue') }}
    where kind != 'refund' and amount > 0
),

recurring as (
    select * from {{ ref('int_recurring_payments') }}
    where churns_on is not null
),

customers as (
    select
        account_id,
        won_on,
        account_id in (select recurring.account_id from recurring) as has_periods
    from deals
),

events as (
    select
        account_id,
        won_on as event_on,
        won_on + case
            when has_periods then {{ var('churn_after_days_recurring') }}
            else {{ var('churn_after_days_one_off') }}
        end as churns_on,
        false as is_payment
    from customers
    union all
    select
        revenue.account_id,
        revenue.revenue_on as event_on,
        case when not customers.has_periods then revenue.revenue_on + {{ var('churn_after_days_one_off') }} end
            as churns_on,
        not customers.has_periods as is_payment
    from revenue
    inner join customers on revenue.account_id = customers.account_id
    union all
    select
        recurring.account_id,
        recurring.revenue_on as event_on,
        recurring.churns_on,
        true as is_payment
    from recurring
    inner join customers on recurring.account_id = customers.account_id
),

followed as (
    select
        *,
        min(event_on) over (partition by account_id) as customer_since,
        max(churns_on) over (
            partition by account_id order by event_on, churns_on rows between unbounded preceding and 1 preceding
        ) as churns_on_before,
        max(case when is_payment then 1 else 0 end) over (
            partition by account_id order by event_on, churns_on rows between unbounded preceding and 1 preceding
        ) as has_paid_before
    from events
),

numbered as (
    select
        *,
        sum(
            case when has_paid_before = 1 and churns_on_before < event_on and churns_on is not null then 1 else 0 end
        ) over (
            partition by account_id order by event_on, churns_on rows between unbounded preceding and current row
        ) as spell_number
    from followed
),

spells as (
    select
        account_id,
        customer_since,
        min(event_on) as started_on,
        max(churns_on) as churns_on
    from numbered
    group by account_id, customer_since, spell_number
),

months as (
    select
        *,
        {{ whole_months_between('customer_since', 'started_on') }} as start_month,
        {{ whole_months_between('customer_since', 'churns_on') }} as churn_month
    from spells
),

final as (
    select
        account_id,
        customer_since,
        started_on,
        churns_on,
        start_month,
        churn_month,
        lead(start_month) over (partition by account_id order by started_on) as return_month
    from months
)

select * from final
