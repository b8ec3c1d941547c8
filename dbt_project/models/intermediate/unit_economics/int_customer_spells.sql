-- Method: a customer who had counted as lost comes back with the next payment. Where periods are known, a one-off
-- payment keeps the customer only from the end of what was paid by then.
with

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
        {{ reporting_date('won_at') }} as won_on,
        account_id in (select recurring.account_id from recurring) as has_periods
    from {{ ref('int_deals') }}
    where is_first_won
),

events as (
    select
        account_id,
        won_on as event_on,
        cast(won_on as date) + case
            when has_periods then {{ var('churn_after_days_recurring') }}
            else {{ var('churn_after_days_one_off') }}
        end as churns_on,
        'win' as event,
        cast(null as date) as covers_before
    from customers
    union all
    select
        revenue.account_id,
        revenue.revenue_on as event_on,
        cast(revenue.revenue_on as date) + {{ var('churn_after_days_one_off') }} as churns_on,
        case when customers.has_periods then 'payment_beside' else 'payment' end as event,
        cast(null as date) as covers_before
    from revenue
    inner join customers on revenue.account_id = customers.account_id
    where not customers.has_periods or revenue.kind = 'one_off'
    union all
    select
        recurring.account_id,
        recurring.revenue_on as event_on,
        recurring.churns_on,
        'payment' as event,
        recurring.covers_before
    from recurring
    inner join customers on recurring.account_id = customers.account_id
),

timed as (
    select
        *,
        min(event_on) over (partition by account_id) as customer_since,
        max(covers_before) over (partition by account_id order by event_on) as paid_until
    from events
),

followed as (
    select
        *,
        max(churns_on) over (
            partition by account_id order by event_on, churns_on rows between unbounded preceding and 1 preceding
        ) as churns_on_before,
        max(case when event = 'win' then 0 else 1 end) over (
            partition by account_id order by event_on, churns_on rows between unbounded preceding and 1 preceding
        ) as has_paid_before
    from timed
    where event != 'payment_beside' or paid_until <= event_on
),

numbered as (
    select
        *,
        sum(
            case when has_paid_before = 1 and churns_on_before < event_on then 1 else 0 end
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

final as (
    select
        account_id,
        customer_since,
        started_on,
        churns_on,
        {{ whole_months_between('customer_since', 'started_on') }} as start_month,
        {{ whole_months_between('customer_since', 'churns_on') }} as churn_month,
        lead({{ whole_months_between('customer_since', 'started_on') }}) over (
            partition by account_id order by started_on
        ) as return_month
    from spells
)

select * from final
