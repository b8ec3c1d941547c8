with

months as (
    select distinct cost_month as month from {{ ref('int_costs') }}
),

numbers as (
    select cast(number as integer) as day_of_month
    from {{ number_series(1, 31) }}
),

days as (
    select
        months.month,
        numbers.day_of_month,
        cast(months.month + interval 1 month as date) as next_month,
        cast(months.month as date) + (numbers.day_of_month - 1) as date_day
    from months
    cross join numbers
),

final as (
    select
        date_day,
        month,
        day_of_month,
        {{ days_between('month', 'next_month') }} as days_in_month
    from days
    where date_day < next_month and date_day <= {{ as_of_date() }}
)

select * from final
