with

customers as (
    select
        *,
        {{ month_of('acquired_on') }} as cohort_month,
        original_source as source,
        {{ whole_months_between('acquired_on', as_of_date()) }} as months_seen
    from {{ ref('int_customers') }}
),

revenue as (
    select * from {{ ref('int_revenue') }}
    where amount is not null
),

recurring_months as (
    select * from {{ ref('int_recurring_months') }}
),

-- A century of months.
numbers as (
    select cast(number as integer) as month_number
    from {{ number_series(0, 1199) }}
),

tenures as (
    select
        cohort_month,
        source,
        months_seen,
        tenure_months,
        is_active,
        count(*) as customers
    from customers
    group by cohort_month, source, months_seen, tenure_months, is_active
),

counted as (
    select
        tenures.cohort_month,
        tenures.source,
        numbers.month_number,
        sum(tenures.customers) as customers,
        sum(
            case
                when tenures.is_active or tenures.tenure_months > numbers.month_number then tenures.customers
                else 0
            end
        ) as active_customers
    from tenures
    inner join numbers on tenures.months_seen >= numbers.month_number
    group by tenures.cohort_month, tenures.source, numbers.month_number
),

payments as (
    select
        customers.cohort_month,
        customers.source,
        revenue.amount,
        {{ whole_months_between('customers.acquired_on', 'revenue.revenue_on') }} as months_since
    from revenue
    inner join customers on revenue.account_id = customers.account_id
),

-- What was paid before the deal was won counts for its first month.
earned as (
    select
        cohort_month,
        source,
        cast(greatest(months_since, 0) as integer) as month_number,
        sum(amount) as revenue
    from payments
    group by cohort_month, source, cast(greatest(months_since, 0) as integer)
),

-- What each customer paid for the first month it paid for, which later months are compared with.
first_months as (
    select
        account_id,
        month_number as first_month,
        recurring_revenue as first_revenue
    from recurring_months
    qualify row_number() over (partition by account_id order by month_number) = 1
),

bases as (
    select
        customers.cohort_month,
        customers.source,
        numbers.month_number,
        sum(first_months.first_revenue) as first_revenue
    from first_months
    inner join customers on first_months.account_id = customers.account_id
    inner join numbers
        on first_months.first_month <= numbers.month_number and customers.months_seen >= numbers.month_number
    group by customers.cohort_month, customers.source, numbers.month_number
),

recurring as (
    select
        customers.cohort_month,
        customers.source,
        recurring_months.month_number,
        sum(recurring_months.recurring_revenue) as recurring_revenue,
        sum(least(recurring_months.recurring_revenue, first_months.first_revenue)) as kept_revenue
    from recurring_months
    inner join first_months on recurring_months.account_id = first_months.account_id
    inner join customers on recurring_months.account_id = customers.account_id
    group by customers.cohort_month, customers.source, recurring_months.month_number
),

joined as (
    select
        counted.*,
        coalesce(earned.revenue, 0) as revenue,
        coalesce(recurring.recurring_revenue, 0) as recurring_revenue,
        coalesce(recurring.kept_revenue, 0) as kept_revenue,
        bases.first_revenue
    from counted
    left join earned
        on
            counted.cohort_month = earned.cohort_month
            and counted.source = earned.source
            and counted.month_number = earned.month_number
    left join recurring
        on
            counted.cohort_month = recurring.cohort_month
            and counted.source = recurring.source
            and counted.month_number = recurring.month_number
    left join bases
        on
            counted.cohort_month = bases.cohort_month
            and counted.source = bases.source
            and counted.month_number = bases.month_number
),

final as (
    select
        cohort_month,
        source,
        month_number,
        cast(customers as bigint) as customers,
        cast(active_customers as bigint) as active_customers,
        {{ ratio('active_customers', 'customers') }} as retention,
        {{ wilson('active_customers', 'customers', '-') }} as retention_low,
        {{ wilson('active_customers', 'customers', '+') }} as retention_high,
        cast(revenue as decimal(28, 6)) as revenue,
        cast(recurring_revenue as decimal(28, 6)) as recurring_revenue,
        round({{ ratio('recurring_revenue', 'first_revenue') }}, 9) as nrr,
        round({{ ratio('kept_revenue', 'first_revenue') }}, 9) as grr,
        round({{ ratio('recurring_revenue - kept_revenue', 'first_revenue') }}, 9) as expansion_rate
    from joined
)

select * from final
