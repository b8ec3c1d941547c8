-- Method: each customer's recurring revenue is compared with that of the first month it paid for.
with

customers as (
    select
        account_id,
        {{ month_of('acquired_on') }} as cohort_month,
        original_source as source,
        {{ whole_months_between('customer_since', as_of_date()) }} as months_seen
    from {{ ref('int_customers') }}
),

recurring_months as (
    select * from {{ ref('int_recurring_months') }}
),

numbers as (
    select cast(number as integer) as month_number
    from {{ number_series(0, 1199) }}
),

first_months as (
    select
        account_id,
        month_number as first_month,
        recurring_revenue as first_revenue
    from recurring_months
    qualify row_number() over (partition by account_id order by month_number) = 1
),

-- A customer who no longer pays in a month stays in its denominator.
followed as (
    select
        customers.cohort_month,
        customers.source,
        numbers.month_number,
        first_months.first_revenue,
        coalesce(recurring_months.recurring_revenue, 0) as recurring_revenue
    from first_months
    inner join customers on first_months.account_id = customers.account_id
    inner join numbers
        on first_months.first_month <= numbers.month_number and customers.months_seen >= numbers.month_number
    left join recurring_months
        on
            first_months.account_id = recurring_months.account_id
            and numbers.month_number = recurring_months.month_number
),

final as (
    select
        cohort_month,
        source,
        month_number,
        sum(first_revenue) as first_revenue,
        sum(recurring_revenue) as recurring_revenue,
        sum(least(recurring_revenue, first_revenue)) as kept_revenue
    from followed
    group by cohort_month, source, month_number
)

select * from final
