-- Method: what is paid for on the sixteenth day of each month, counted from the first day that was paid for.
with

customers as (
    select
        account_id,
        customer_since,
        {{ whole_months_between('customer_since', as_of_date()) }} as months_seen
    from {{ ref('int_customers') }}
),

payments as (
    select * from {{ ref('int_recurring_payments') }}
),

-- A payment covers at most ten years.
numbers as (
    select cast(number as integer) as month_number
    from {{ number_series(0, 121) }}
),

-- A renewal may come half a period early or late, and at most a month; a given period ends on its last day or the next.
in_order as (
    select
        *,
        case
            when is_given then 1
            else least(cast({{ days_between('covers_from', 'covers_before') }} / 2 as integer), 31)
        end as tolerance_days,
        min(covers_from) over (partition by account_id) as first_day,
        lead(covers_from) over (
            partition by account_id, subscription_id, series, billing_months order by covers_from, revenue_on
        ) as next_on,
        row_number() over (
            partition by account_id, subscription_id, series, billing_months order by covers_from, revenue_on
        ) as number_in_series
    from payments
),

begun as (
    select
        account_id,
        subscription_id,
        covers_from as begun_on,
        covers_before as begun_until
    from in_order
    where number_in_series = 1
),

-- The last payment of a series is for the time until another series takes its place, as at a new price.
followed as (
    select
        in_order.account_id,
        in_order.first_day,
        in_order.covers_from,
        in_order.covers_before,
        cast(in_order.covers_before as date) - in_order.tolerance_days as renewed_from,
        greatest(cast(in_order.covers_before as date) + in_order.tolerance_days, in_order.churns_on) as renewed_until,
        in_order.churns_on,
        in_order.monthly_amount,
        coalesce(in_order.next_on, min(begun.begun_on)) as next_on
    from in_order
    left join begun
        on
            in_order.next_on is null
            and in_order.account_id = begun.account_id
            and in_order.subscription_id = begun.subscription_id
            and cast(in_order.covers_before as date) - in_order.tolerance_days <= begun.begun_on
            and in_order.churns_on >= begun.begun_on
            and in_order.covers_before < begun.begun_until
    group by
        in_order.account_id, in_order.subscription_id, in_order.series, in_order.billing_months,
        in_order.number_in_series, in_order.first_day, in_order.covers_from, in_order.covers_before,
        in_order.tolerance_days, in_order.churns_on, in_order.monthly_amount, in_order.next_on
),

-- A renewal that is late, or is not in yet, leaves no gap until the customer counts as lost.
continued as (
    select
        account_id,
        first_day,
        covers_from,
        monthly_amount,
        case
            when next_on between renewed_from and renewed_until then next_on
            when next_on is null and churns_on > {{ as_of_date() }} then greatest(churns_on, covers_before)
            else covers_before
        end as covers_before
    from followed
),

months as (
    select
        continued.*,
        customers.months_seen,
        {{ whole_months_between('customers.customer_since', 'continued.first_day') }} as months_unpaid,
        numbers.month_number
        + {{ whole_months_between('continued.first_day', 'continued.covers_from') }} as months_paid
    from continued
    inner join customers on continued.account_id = customers.account_id
    inner join numbers
        on {{ whole_months_between('continued.covers_from', 'continued.covers_before') }} + 1 >= numbers.month_number
),

final as (
    select
        account_id,
        months_unpaid + months_paid as month_number,
        cast(sum(monthly_amount) as decimal(28, 12)) as recurring_revenue
    from months
    where
        months_unpaid + months_paid between 0 and months_seen
        and least(cast(first_day + interval 1 month * months_paid as date) + 15, {{ as_of_date() }})
        between covers_from and cast(covers_before as date) - 1
    group by account_id, months_unpaid + months_paid
    having sum(monthly_amount) > 0
)

select * from final
