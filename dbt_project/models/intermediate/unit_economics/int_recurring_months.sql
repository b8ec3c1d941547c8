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

-- A payment counts from the month whose start is nearest, as payments come some days early or late. Months before the
-- opportunity was won are left out: added to the first one, they would make every later month look like a loss.
paid as (
    select
        customers.account_id,
        customers.billing_months,
        customers.tenure_months,
        cast(round({{ days_between('customers.acquired_on', 'payments.revenue_on') }} * 12 / 365.25) as integer)
            as first_month,
        cast(payments.amount / customers.billing_months as decimal(28, 12)) as monthly_amount
    from payments
    inner join customers on payments.account_id = customers.account_id
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
