-- Method: payments of one day outside a series are one bill; its usual period is that of the nearest known amount on
-- the log scale, to a hundredth. What a customer pays a month is known from its series: up to then, else later.
{% set months_of = 'greatest(round({} * 12 / 365.25), 1)' %}
{% set log_of = 'round(ln(cast({} as double)), 2)' %}
with

payments as (
    select
        *,
        sum(case when period_days is null then amount end) over (
            partition by account_id, subscription_id, revenue_on
        ) as bill,
        {{ days_between(
            'max(case when period_days is null then revenue_on end) over ('
            'partition by account_id, subscription_id order by revenue_on '
            'range between unbounded preceding and interval 1 day preceding)', 'revenue_on'
        ) }} as days_apart,
        coalesce(
            max(case when amount > 0 then amount * 30.4 / period_days end) over (
                partition by account_id order by revenue_on range between unbounded preceding and current row
            ),
            min(case when amount > 0 then amount * 30.4 / period_days end) over (partition by account_id)
        ) as own_monthly,
        max(amount) over (
            partition by account_id, subscription_id order by revenue_on, amount
            rows between unbounded preceding and 1 preceding
        ) as largest_before
    from {{ ref('int_payment_series') }}
),

-- Amounts that change from bill to bill, and those of a new price or an upgrade.
others as (
    select
        account_id,
        subscription_id,
        max(bill) as largest_bill,
        percentile_disc(0.5) within group (order by days_apart) as bill_days,
        round(avg(ln(cast(bill as double))), 2) as log_amount,
        count(distinct revenue_on) > 2 and percentile_disc(0.67) within group (order by days_apart)
        <= 1.4 * percentile_disc(0.33) within group (order by days_apart) as is_regular,
        count(distinct revenue_on) > 2 or (count(days_apart) > 0 and max(bill) <= 2 * min(bill)) as is_alike
    from payments
    where period_days is null
    group by account_id, subscription_id
),

known as (
    select
        account_id,
        {{ log_of.format('amount') }} as log_amount,
        {{ months_of.format('period_days') }} as months
    from payments
    where period_days is not null and amount > 0
    union all
    select
        account_id,
        log_amount,
        {{ months_of.format('bill_days') }} as months
    from others
    where is_alike
),

-- The most frequent period of each amount.
amounts as (
    select * from (
        select
            log_amount,
            months,
            count(distinct account_id) as accounts
        from known
        group by log_amount, months
    ) as counted
    qualify row_number() over (partition by log_amount order by accounts desc, months asc) = 1
),

nearest as (
    select
        asked.log_amount,
        cast(round(amounts.months * 365.25 / 12) as integer) as usual_days,
        abs(asked.log_amount - amounts.log_amount) < 0.05 as is_usual
    from (select distinct {{ log_of.format('bill') }} as log_amount from payments) as asked
    cross join amounts
    qualify row_number() over (
        partition by asked.log_amount order by abs(asked.log_amount - amounts.log_amount), amounts.log_amount
    ) = 1
),

final as (
    select
        payments.account_id,
        payments.subscription_id,
        payments.original_currency,
        payments.original_amount,
        payments.revenue_on,
        payments.period_start,
        payments.period_end,
        payments.amount,
        payments.period_days is not null as is_of_series,
        case
            when payments.period_days is not null then payments.period_days
            when
                not payments.is_monthly_bill
                and payments.amount
                >= {{ var('annual_payment_ratio') }} * coalesce(payments.own_monthly, payments.largest_before)
                then 365
            when others.is_regular then others.bill_days
            when
                nearest.is_usual and payments.bill * 2
                >= coalesce(payments.own_monthly * nearest.usual_days / 30.4, payments.largest_before, 0)
                then nearest.usual_days
            when payments.own_monthly is null and payments.bill = others.largest_bill and not others.is_alike
                then nearest.usual_days
        end as known_days,
        case when others.is_alike then others.bill_days else coalesce(nearest.usual_days, others.bill_days) end
            as likely_days
    from payments
    left join others
        on payments.account_id = others.account_id and payments.subscription_id = others.subscription_id
    left join nearest on {{ log_of.format('payments.bill') }} = nearest.log_amount
)

select * from final
