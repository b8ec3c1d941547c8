{{ config(meta={'dagster': {'ref': {'name': 'fct_conversions'}}}) }}
-- Marts whose pipeline is not that of the conversions: deals that are not in the CRM count in all of them or in none.
with

conversions as (
    select * from {{ ref('fct_conversions') }}
    where conversion_type = 'opportunity'
),

attribution as (
    select * from {{ ref('attribution_daily') }}
    where conversion_type = 'opportunity'
),

monthly as (
    select * from {{ ref('source_performance_monthly') }}
),

quarterly as (
    select * from {{ ref('source_performance_quarterly') }}
),

dependence as (
    select * from {{ ref('source_dependence') }}
    where measure = 'pipeline'
),

concentration as (
    select * from {{ ref('pipeline_concentration') }}
),

totals as (
    select
        cast(coalesce(sum(value), 0) as double) as all_time,
        cast(coalesce(sum(
            case
                when {{ reporting_date('conversion_at') }} > {{ as_of_date() }} - {{ var('audit_window_days') }}
                    then value
            end
        ), 0) as double) as in_window
    from conversions
),

summed as (
    select 'attribution_daily' as mart, attribution_model as part, false as is_window, sum(value) as pipeline
    from attribution
    group by attribution_model
    union all
    select
        'source_performance_monthly' as mart, attribution_model as part, false as is_window, sum(pipeline) as pipeline
    from monthly
    group by attribution_model
    union all
    select
        'source_performance_quarterly' as mart, attribution_model as part, false as is_window, sum(pipeline) as pipeline
    from quarterly
    group by attribution_model
    union all
    select 'source_dependence' as mart, dimension as part, true as is_window, sum(amount) as pipeline
    from dependence
    group by dimension
    union all
    select 'pipeline_concentration' as mart, 'source' as part, true as is_window, sum(pipeline) as pipeline
    from concentration
),

final as (
    select
        summed.mart,
        summed.part,
        summed.pipeline,
        case when summed.is_window then totals.in_window else totals.all_time end as pipeline_of_conversions
    from summed
    cross join totals
    where
        abs(
            cast(coalesce(summed.pipeline, 0) as double)
            - case when summed.is_window then totals.in_window else totals.all_time end
        ) > {{ var('money_tolerance') }}
)

select * from final
