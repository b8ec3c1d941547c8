with

experiments as (
    select
        *,
        max(ends_on) over (partition by experiment_id) as experiment_ends_on
    from {{ ref('int_unified__experiments') }}
),

cohorts as (
    select * from {{ ref('source_cohorts') }}
    where attribution_model = '{{ var("default_attribution_model") }}' and not is_hindsight
),

leads as (
    select * from {{ ref('int_leads_staged') }}
),

-- A month without a lead is as mature as its sources are on average.
maturity as (
    select
        quarter,
        month,
        coalesce(
            {{ ratio('sum(cast(leads * maturity_share as decimal(28, 9)))', 'sum(cast(leads as decimal(28, 9)))') }},
            avg(cast(maturity_share as decimal(18, 9)))
        ) as maturity_share
    from cohorts
    group by quarter, month
),

quarters as (
    select
        quarter,
        least({{ next_quarter('quarter') }}, {{ as_of_date() }} + 1) as known_before,
        min(case when leads > 0 then month end) as first_month
    from cohorts
    group by quarter
),

spent as (
    select source, date, sum(amount) as amount from {{ ref('int_investment_daily') }}
    group by source, date
),

-- At the end of the quarter in which the experiment ended, and of each later one. Before the company's first month with
-- leads nobody counted them; a day that two periods name is neither on nor off.
days as (
    select
        quarters.quarter,
        quarters.known_before,
        experiments.*,
        cast(experiments.starts_on as date) + cast(number_series.number as integer) as day
    from experiments
    inner join quarters on experiments.experiment_ends_on < quarters.known_before
    inner join {{ number_series(0, 3660) }}
        on
            {{ days_between('experiments.starts_on', 'experiments.ends_on') }} >= number_series.number
            and {{ days_between('experiments.starts_on', 'quarters.first_month') }} <= number_series.number
    left join experiments as others
        on
            experiments.experiment_id = others.experiment_id
            and coalesce(experiments.country, '') = coalesce(others.country, '')
            and experiments.period_id <> others.period_id
            and cast(experiments.starts_on as date) + cast(number_series.number as integer)
            between others.starts_on and others.ends_on
    where others.period_id is null
),

counted as (
    select
        days.quarter,
        days.period_id,
        days.day,
        count(*) as leads,
        count(case when {{ reporting_date('leads.customer_at') }} < days.known_before then 1 end) as customers
    from days
    inner join leads
        on
            days.day = leads.created_on
            and (days.country is null or days.country = leads.country)
    group by days.quarter, days.period_id, days.day
),

final as (
    select
        days.quarter,
        days.experiment_id,
        days.source,
        days.country,
        days.state,
        days.starts_on,
        days.ends_on,
        cast(count(*) as integer) as days,
        cast(sum(cast(coalesce(maturity.maturity_share, 1) as decimal(28, 9))) as double) as mature_days,
        cast(sum(coalesce(counted.leads, 0)) as integer) as leads,
        cast(sum(coalesce(counted.customers, 0)) as integer) as customers,
        cast(coalesce(
            -- Of a stated amount, the part of the days that count.
            cast({{ ratio(
                'max(days.spend) * count(*)', days_between('days.starts_on', 'days.ends_on') ~ ' + 1'
            ) }} as decimal(28, 6)),
            case
                when days.country is null then sum(coalesce(spent.amount, 0))
                when days.state = 'off' then 0
            end
        ) as decimal(28, 6)) as spend
    from days
    left join maturity
        on days.quarter = maturity.quarter and {{ month_of('days.day') }} = maturity.month
    left join counted
        on days.quarter = counted.quarter and days.period_id = counted.period_id and days.day = counted.day
    left join spent on days.source = spent.source and days.day = spent.date
    group by
        days.quarter, days.experiment_id, days.source, days.country, days.state, days.starts_on, days.ends_on
)

select * from final
