-- A quarter is judged by what was known on its last day; the running one, by what is known now.
with

deals as (
    select * from {{ ref('int_deals') }}
    where is_first_won
),

first_quarter as (
    select {{ quarter_of('min(' ~ reporting_date('won_at') ~ ')') }} as quarter
    from deals
),

-- A century of quarters.
numbers as (
    select cast(number as integer) as quarter_number
    from {{ number_series(0, 399) }}
),

quarters as (
    select cast(first_quarter.quarter + interval 3 month * numbers.quarter_number as date) as quarter
    from first_quarter
    cross join numbers
),

final as (
    select
        quarter,
        {{ known_on('quarter') }} as known_on
    from quarters
    where quarter <= {{ as_of_date() }}
)

select * from final
