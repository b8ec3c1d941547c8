with

costs as (
    select * from {{ ref('int_costs') }}
    where amount is not null and cost_month <= {{ as_of_date() }}
),

days as (
    select * from {{ ref('int_days') }}
),

spread as (
    select
        costs.cost_id,
        costs.source_key,
        costs.cost_type,
        days.date_day,
        {{ cost_until_day('costs.amount', 'days.day_of_month', 'days.days_in_month') }} as amount_to_date,
        {{ cost_until_day('costs.amount', 'days.day_of_month - 1', 'days.days_in_month') }} as amount_before
    from costs
    inner join days on costs.cost_month = days.month
),

final as (
    select
        cost_id,
        source_key,
        cost_type,
        amount_to_date - amount_before as amount,
        date_day
    from spread
)

select * from final
