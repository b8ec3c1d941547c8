-- Method: payments outside subscriptions, those of a day together. Beside a subscription they are a way of their own.
with

revenue as (
    select * from {{ ref('int_revenue') }}
    where kind != 'refund' and amount > 0
),

subscribers as (
    select distinct account_id
    from {{ ref('int_subscription_terms') }}
),

bought as (
    select
        revenue.account_id,
        case when subscribers.account_id is null then 'purchases' else 'purchases_beside' end as way,
        revenue.revenue_on as bought_on,
        sum(revenue.amount) as amount
    from revenue
    left join subscribers on revenue.account_id = subscribers.account_id
    where subscribers.account_id is null or revenue.kind = 'one_off'
    group by revenue.account_id, subscribers.account_id, revenue.revenue_on
),

numbered as (
    select
        *,
        min(bought_on) over (partition by account_id) as first_on
    from bought
),

final as (
    select
        account_id,
        way,
        bought_on,
        first_on,
        cast(floor({{ days_between('first_on', 'bought_on') }} * 12 / 365.25) as integer) as month_number,
        amount
    from numbered
)

select * from final
