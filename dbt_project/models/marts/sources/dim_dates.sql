-- The days that metrics are counted by: from the first lead or cost up to `as_of`.
with

leads as (
    select * from {{ ref('fct_leads') }}
),

investment as (
    select * from {{ ref('fct_investment_daily') }}
),

first_days as (
    select min(created_on) as first_on from leads
    union all
    select min(date) as first_on from investment
),

final as (
    select cast(min(first_days.first_on) + interval 1 day * number_series.number as date) as date
    from first_days
    cross join {{ number_series(0, 20000) }}
    group by number_series.number
    having min(first_days.first_on) + interval 1 day * number_series.number <= {{ as_of_date() }}
)

select * from final
