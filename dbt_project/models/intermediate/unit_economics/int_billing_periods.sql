-- Method: the median spacing of payments; of a single payment, the period of the nearest amount on the log scale.
with

payments as (
    select
        account_id,
        revenue_on,
        sum(amount) as amount
    from {{ ref('int_revenue') }}
    where kind = 'recurring' and amount > 0
    group by account_id, revenue_on
),

spaced as (
    select
        *,
        {{ days_between(
            'lag(revenue_on) over (partition by account_id order by revenue_on)', 'revenue_on'
        ) }} as days_since_last
    from payments
),

customers as (
    select
        account_id,
        count(*) as payments,
        median(days_since_last) as days_between_payments,
        avg(cast(ln(cast(amount as double)) as decimal(18, 9))) as log_amount
    from spaced
    group by account_id
),

known as (
    select
        account_id,
        log_amount,
        cast(greatest(round(days_between_payments * 12 / 365.25), 1) as integer) as billing_months
    from customers
    where payments > 1
),

-- The most frequent period of each amount.
amounts as (
    select
        log_amount,
        billing_months
    from known
    group by log_amount, billing_months
    qualify row_number() over (partition by log_amount order by count(*) desc, billing_months asc) = 1
),

-- A single payment has no spacing: it takes the usual period of the nearest known amount.
in_order as (
    select
        account_id,
        log_amount,
        cast(null as double) as known_amount
    from customers
    where payments = 1
    union all
    select
        cast(null as varchar) as account_id,
        log_amount,
        log_amount as known_amount
    from amounts
),

neighbours as (
    select
        account_id,
        log_amount,
        max(known_amount) over (order by log_amount asc range between unbounded preceding and current row) as below,
        min(known_amount) over (order by log_amount asc range between current row and unbounded following) as above
    from in_order
),

nearest as (
    select
        account_id,
        case when above - log_amount < coalesce(log_amount - below, 1e9) then above else below end as known_amount
    from neighbours
    where account_id is not null
),

estimated as (
    select
        nearest.account_id,
        amounts.billing_months
    from nearest
    inner join amounts on nearest.known_amount = amounts.log_amount
),

final as (
    select
        account_id,
        billing_months,
        false as is_estimated
    from known
    union all
    select
        account_id,
        billing_months,
        true as is_estimated
    from estimated
)

select * from final
