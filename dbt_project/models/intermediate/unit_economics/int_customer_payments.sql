with

customers as (
    select * from {{ ref('int_customers') }}
),

revenue as (
    select * from {{ ref('int_revenue') }}
    where amount is not null
),

subscribers as (
    select distinct account_id
    from {{ ref('int_subscription_terms') }}
),

-- A refund lowers what the customer pays for by period, if there is any.
placed as (
    select
        revenue.account_id,
        case
            when subscribers.account_id is null then 'purchases'
            when revenue.kind = 'one_off' then 'purchases_beside'
            else 'subscriptions'
        end as way,
        {{ quarter_of('greatest(revenue.revenue_on, customers.acquired_on)') }} as quarter,
        greatest({{ whole_months_between('customers.customer_since', 'revenue.revenue_on') }}, 0) as month_number,
        revenue.amount * customers.gross_margin_rate as margin,
        case when revenue.kind != 'refund' and revenue.amount > 0 then revenue.revenue_on end as paid_on
    from revenue
    inner join customers on revenue.account_id = customers.account_id
    left join subscribers on revenue.account_id = subscribers.account_id
    where revenue.revenue_on <= {{ as_of_date() }}
),

final as (
    select
        account_id,
        way,
        quarter,
        cast(month_number as integer) as month_number,
        cast(sum(margin) as decimal(28, 6)) as margin,
        cast(sum(case when paid_on is not null then margin else 0 end) as decimal(28, 6)) as paid_margin,
        count(distinct paid_on) as payments
    from placed
    group by account_id, way, quarter, month_number
)

select * from final
