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
        costs.next_month,
        days.day_of_month,
        {{ days_between('costs.cost_month', 'costs.next_month') }} as days_in_month,
        cast(costs.cost_month as date) + (days.day_of_month - 1) as date_day
    from costs
    cross join days
),

-- A day's cost is the difference of two running totals, so that the days of a month sum to its amount exactly.
final as (
    select
        cost_id,
        source_key,
        cost_type,
        {{ cost_until_day('amount', 'day_of_month', 'days_in_month') }}
        - {{ cost_until_day('amount', 'day_of_month - 1', 'days_in_month') }} as amount,
        date_day
    from dated
    where date_day < next_month and date_day <= {{ as_of_date() }}
)

select * from final
