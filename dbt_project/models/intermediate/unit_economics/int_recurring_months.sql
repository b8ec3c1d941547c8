with

customers as (
    select * from {{ ref('int_customers') }}
    where billing_months is not null
),

payments as (
    select * from {{ ref('int_revenue') }}
    where kind = 'recurring' and amount > 0
),

-- A payment covers at most ten years.
numbers as (
    select cast(number as integer) as month_number
    from {{ number_series(0, 119) }}
),

anchored as (
    select
        customers.account_id,
        customers.customer_since,
        customers.billing_months,
        customers.tenure_months,
        payments.revenue_on,
        cast(payments.amount / customers.billing_months as decimal(28, 12)) as monthly_amount,
        min(payments.revenue_on) over (partition by payments.account_id) as first_paid_on
    from payments
    inner join customers on payments.account_id = customers.account_id
),

elapsed as (
    select
        *,
        {{ whole_months_between('customer_since', 'first_paid_on') }} as months_unpaid,
        {{ whole_months_between('first_paid_on', 'revenue_on') }} as whole_months
    from anchored
),

-- Payments come some days early or late: the month of the first payment's day that is nearest.
nearest as (
    select
        *,
        whole_months + case
            when
                {{ days_between('revenue_on', dbt.dateadd('month', 'whole_months + 1', 'first_paid_on')) }}
                < {{ days_between(dbt.dateadd('month', 'whole_months', 'first_paid_on'), 'revenue_on') }}
                then 1
            else 0
        end as months_paid
    from elapsed
),

renewals as (
    select
        *,
        cast(round(months_paid * 1.0 / billing_months) as integer) * billing_months as renewal_month
    from nearest
),

-- A payment at most a month away from a renewal is for the period from there.
paid as (
    select
        account_id,
        billing_months,
        tenure_months,
        monthly_amount,
        months_unpaid
        + case when abs(months_paid - renewal_month) <= 1 then renewal_month else months_paid end as first_month
    from renewals
),

covered as (
    select
        paid.account_id,
        paid.first_month + numbers.month_number as month_number,
        sum(paid.monthly_amount) as recurring_revenue
    from paid
    inner join numbers on paid.billing_months > numbers.month_number
    where paid.first_month + numbers.month_number between 0 and paid.tenure_months
    group by paid.account_id, paid.first_month + numbers.month_number
),

last_covered as (
    select * from covered
    qualify row_number() over (partition by account_id order by month_number desc) = 1
),

-- An active customer whose payment is late is expected to continue.
carried as (
    select
        last_covered.account_id,
        numbers.month_number,
        last_covered.recurring_revenue
    from last_covered
    inner join customers on last_covered.account_id = customers.account_id
    inner join numbers
        on last_covered.month_number < numbers.month_number and customers.tenure_months >= numbers.month_number
    where customers.is_active
),

unioned as (
    select * from covered
    union all
    select * from carried
),

final as (
    select
        account_id,
        month_number,
        cast(recurring_revenue as decimal(28, 12)) as recurring_revenue
    from unioned
)

select * from final
