-- Method: constant elasticity. A month's customers are to its spend, to the power of the elasticity, as those of the
-- other months of its half year are, which growth and season hardly tell apart. What is left of these is in the leads
-- of sources whose spend hardly varied. Here: what the usual elasticity leads to expect of each month, and what came.
{%- set key = 'quarter, source, attribution_model' %}
{%- set block = key ~ ', block' %}
with

cohorts as (
    select * from {{ ref('source_cohorts') }}
    where not is_hindsight
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

marked as (
    select
        *,
        case when is_mature and investment > 0 then cast(investment as double) end as mature_spend
    from cohorts
),

varied as (
    select
        *,
        max(case when mature_spend > 0 then month end) over (partition by {{ key }}) as newest_month,
        round({{ ratio(
            'stddev_samp(mature_spend) over (partition by ' ~ key ~ ')', 'avg(mature_spend) over (partition by ' ~ key ~ ')'
        ) }}, 9) as spend_variation
    from marked
),

-- One more, so that a month without such leads has a demand, too.
demand as (
    select
        varied.quarter,
        varied.attribution_model,
        varied.month,
        1 + sum(cast(varied.leads as decimal(28, 9))) as demand
    from varied
    inner join catalogue on varied.source = catalogue.source
    where
        coalesce(varied.spend_variation, 0) < {{ var('spend_comparison_min_variation') }}
        and not catalogue.is_unclear
    group by varied.quarter, varied.attribution_model, varied.month
),

months as (
    select
        varied.quarter,
        varied.source,
        varied.attribution_model,
        varied.spend_variation,
        ln(varied.mature_spend) as log_spend,
        cast(varied.customers as decimal(28, 9)) as customers,
        cast(
            power(varied.mature_spend, {{ var('spend_elasticity_usual') }})
            * varied.maturity_share * coalesce(demand.demand, 1) as decimal(38, 9)
        ) as weight,
        floor({{ ratio(
            whole_months_between('varied.month', 'varied.newest_month'), var('spend_comparison_months')
        ) }}) as block
    from varied
    left join demand
        on
            varied.quarter = demand.quarter
            and varied.attribution_model = demand.attribution_model
            and varied.month = demand.month
    where varied.mature_spend > 0
),

expected as (
    select
        *,
        {{ ratio(
            'weight * sum(customers) over (partition by ' ~ block ~ ')',
            'sum(weight) over (partition by ' ~ block ~ ')'
        ) }} as expected_customers
    from months
),

compared as (
    select
        *,
        customers - expected_customers as surplus,
        log_spend - {{ ratio(
            'sum(cast(expected_customers * log_spend as decimal(28, 12))) over (partition by ' ~ block ~ ')',
            'sum(cast(expected_customers as decimal(28, 12))) over (partition by ' ~ block ~ ')'
        ) }} as log_deviation
    from expected
),

measured as (
    select
        *,
        surplus * log_deviation as score,
        expected_customers * power(log_deviation, 2) as information,
        power(surplus, 2) / nullif(expected_customers, 0) as scatter
    from compared
),

final as (
    select
        {{ key }},
        cast(count(*) as integer) as months,
        max(spend_variation) as spend_variation,
        cast(
            count(case when expected_customers > 0 then 1 end)
            - count(distinct case when expected_customers > 0 then block end) - 1 as integer
        ) as degrees_of_freedom,
        round(cast(sum(cast(score as decimal(28, 12))) as double), 9) as score,
        round(cast(sum(cast(information as decimal(28, 12))) as double), 9) as information,
        round(cast(sum(cast(scatter as decimal(28, 12))) as double), 9) as scatter
    from measured
    group by {{ key }}
)

select * from final
