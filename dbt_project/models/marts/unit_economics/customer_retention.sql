with

customers as (
    select
        *,
        {{ month_of('acquired_on') }} as cohort_month,
        original_source as source,
        {{ whole_months_between('customer_since', as_of_date()) }} as months_seen
    from {{ ref('int_customers') }}
),

spells as (
    select * from {{ ref('int_customer_spells') }}
),

revenue as (
    select * from {{ ref('int_revenue') }}
    where amount is not null
),

recurring as (
    select * from {{ ref('int_cohort_recurring_revenue') }}
),

-- A century of months.
numbers as (
    select cast(number as integer) as month_number
    from {{ number_series(0, 1199) }}
),

lives as (
    select
        customers.cohort_month,
        customers.source,
        customers.months_seen,
        spells.start_month,
        spells.started_on = spells.customer_since as is_first,
        case when spells.churns_on <= {{ as_of_date() }} then spells.churn_month else 1200 end as lost_month,
        count(*) as customers
    from spells
    inner join customers on spells.account_id = customers.account_id
    group by
        customers.cohort_month, customers.source, customers.months_seen, spells.start_month,
        spells.started_on = spells.customer_since,
        case when spells.churns_on <= {{ as_of_date() }} then spells.churn_month else 1200 end
),

-- A customer who came back is active from the month in which it did.
counted as (
    select
        lives.cohort_month,
        lives.source,
        numbers.month_number,
        sum(case when lives.is_first then lives.customers else 0 end) as customers,
        sum(
            case
                when lives.start_month <= numbers.month_number and lives.lost_month > numbers.month_number
                    then lives.customers
                else 0
            end
        ) as active_customers
    from lives
    inner join numbers on lives.months_seen >= numbers.month_number
    group by lives.cohort_month, lives.source, numbers.month_number
),

-- A refund may come before the first payment: it counts for the first month.
payments as (
    select
        customers.cohort_month,
        customers.source,
        revenue.amount,
        cast(
            greatest({{ whole_months_between('customers.customer_since', 'revenue.revenue_on') }}, 0) as integer
        ) as month_number
    from revenue
    inner join customers on revenue.account_id = customers.account_id
),

earned as (
    select
        cohort_month,
        source,
        month_number,
        sum(amount) as revenue
    from payments
    group by cohort_month, source, month_number
),

final as (
    select
        counted.cohort_month,
        counted.source,
        counted.month_number,
        cast(counted.customers as bigint) as customers,
        cast(counted.active_customers as bigint) as active_customers,
        {{ ratio('counted.active_customers', 'counted.customers') }} as retention,
        {{ wilson('counted.active_customers', 'counted.customers', '-') }} as retention_low,
        {{ wilson('counted.active_customers', 'counted.customers', '+') }} as retention_high,
        cast(coalesce(earned.revenue, 0) as decimal(28, 6)) as revenue,
        cast(coalesce(recurring.recurring_revenue, 0) as decimal(28, 6)) as recurring_revenue,
        round({{ ratio('recurring.recurring_revenue', 'recurring.first_revenue') }}, 9) as nrr,
        round({{ ratio('recurring.kept_revenue', 'recurring.first_revenue') }}, 9) as grr,
        round({{ ratio('recurring.recurring_revenue - recurring.kept_revenue', 'recurring.first_revenue') }}, 9)
            as expansion_rate
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
)

select * from final
