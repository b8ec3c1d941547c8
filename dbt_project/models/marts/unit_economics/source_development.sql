with

totals as (
    select * from {{ ref('source_totals_monthly') }}
),

cohort_customers as (
    select * from {{ ref('int_cohort_customers') }}
),

quarters as (
    select {{ quarter_of('month') }} as quarter from totals
    union
    select {{ quarter_of(as_of_date()) }} as quarter
),

known as (
    select
        quarter,
        least({{ next_quarter('quarter') }}, {{ as_of_date() }} + 1) as known_before
    from quarters
),

first_months as (
    select min(month) as month from totals
),

known_ages as (
    select
        known.quarter,
        known.known_before,
        cast(number_series.number as integer) as age_months
    from known
    cross join first_months
    cross join {{ number_series(0, 1200) }}
    where number_series.number <= {{ whole_months_between('first_months.month', 'known.known_before') }}
),

sources as (
    select distinct
        source,
        attribution_model
    from totals
),

ages as (
    select
        known_ages.*,
        sources.source,
        sources.attribution_model
    from known_ages
    cross join sources
),

-- Customers won in whole months, with the age that their cohort has reached.
seen as (
    select
        known.quarter,
        cohort_customers.source,
        cohort_customers.attribution_model,
        cohort_customers.age_months,
        {{ whole_months_between('cohort_customers.month', 'known.known_before') }} as cohort_age_months,
        cohort_customers.customers
    from known
    inner join cohort_customers
        on
            cohort_customers.won_month + interval 1 month <= known.known_before
            and cohort_customers.month + interval 1 month * cohort_customers.age_months <= known.known_before
),

-- A customer is counted from its age up to the age of its cohort.
changes as (
    select quarter, source, attribution_model, age_months, customers as won, customers as change from seen
    union all
    select quarter, source, attribution_model, cohort_age_months + 1 as age_months, 0 as won, -customers as change
    from seen
),

by_age as (
    select
        ages.quarter,
        ages.known_before,
        ages.source,
        ages.attribution_model,
        ages.age_months,
        coalesce(sum(changes.won), 0) as won,
        coalesce(sum(changes.change), 0) as change
    from ages
    left join changes
        on
            ages.quarter = changes.quarter
            and ages.source = changes.source
            and ages.attribution_model = changes.attribution_model
            and ages.age_months = changes.age_months
    group by ages.quarter, ages.known_before, ages.source, ages.attribution_model, ages.age_months
),

final as (
    select
        quarter,
        source,
        attribution_model,
        age_months,
        cast(known_before as date) as known_before,
        cast(won as double) as customers_at_age,
        cast(sum(change) over (
            partition by quarter, source, attribution_model order by age_months
            rows between unbounded preceding and current row
        ) as double) as customers_by_age
    from by_age
)

select * from final
