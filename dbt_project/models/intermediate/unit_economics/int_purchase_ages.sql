with

purchases as (
    select * from {{ ref('int_purchases') }}
    where bought_on = first_on
),

customers as (
    select * from {{ ref('int_customers') }}
),

knowledge_dates as (
    select * from {{ ref('int_knowledge_dates') }}
),

aged as (
    select
        knowledge_dates.known_on,
        purchases.account_id,
        purchases.way,
        greatest({{ whole_months_between('customers.customer_since', 'purchases.first_on') }}, 0) as first_month,
        {{ days_between('purchases.first_on', 'knowledge_dates.known_on') }} * 12 / 365.25 as months
    from purchases
    inner join customers on purchases.account_id = customers.account_id
    inner join knowledge_dates on greatest(purchases.first_on, customers.acquired_on) <= knowledge_dates.known_on
),

final as (
    select
        known_on,
        account_id,
        way,
        cast(first_month as integer) as first_month,
        cast(greatest({{ var('ltv_horizon_months') }} - first_month, 0) as integer) as steps_to_horizon,
        cast(floor(months) as integer) as step_number,
        cast(months - floor(months) as decimal(9, 6)) as part_of_step
    from aged
)

select * from final
