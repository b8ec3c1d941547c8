with

costs as (
    select
        *,
        cast(cost_month + interval 1 month as date) as next_month
    from {{ ref('int_costs') }}
    where amount is not null and cost_month <= {{ as_of_date() }}
),

days as (
    select cast(number as integer) as day_of_month
    from {{ number_series(1, 31) }}
),

dated as (
    select
        costs.cost_id,
        costs.source_key,
        costs.cost_type,
        costs.amount,
        days.day_of_month,
        {{ days_between('costs.cost_month', 'costs.next_month') }} as days_in_month,
        cast(costs.cost_month as date) + (days.day_of_month - 1) as date_day
    from costs
    cross join days
),

-- What has fallen due by the end of each day: an even share, rounded to cents, and the whole amount on the last day.
-- Halves of cents are counted in integers (an amount is whole millionths): engines round those of doubles differently.
cumulated as (
    select
        *,
        case
            when day_of_month = days_in_month then amount
            else
                cast(0.01 * (
                    (cast(amount * 1000000 as bigint) * day_of_month * 2 + days_in_month * 10000)
                    // (days_in_month * 20000)
                ) as decimal(18, 6))
        end as amount_to_date
    from dated
    where day_of_month <= days_in_month and date_day <= {{ as_of_date() }}
),

-- A day's cost is the increase on the day before, so that the days of a month sum to its amount exactly.
final as (
    select
        cost_id,
        source_key,
        cost_type,
        amount_to_date
        - coalesce(lag(amount_to_date) over (partition by cost_id order by day_of_month), 0) as amount,
        date_day
    from cumulated
)

select * from final
