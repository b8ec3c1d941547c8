with

performance as (
    select * from {{ ref('source_performance_monthly') }}
),

evidence as (
    select * from {{ ref('source_evidence') }}
),

step_rates as (
    select * from {{ ref('source_step_rates') }}
    where weakness_rank = 1
),

source_settings as (
    select * from {{ ref('source_settings') }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

-- Decimals, so that no sum depends on the order of its rows.
summed as (
    select
        {{ quarter_of('month') }} as quarter,
        source,
        attribution_model,
        sum(investment) as investment,
        {%- for count in ['leads', 'mqls', 'sqls', 'opportunities', 'customers', 'cohort_customers'] %}
        cast(sum(cast({{ count }} as decimal(28, 9))) as double) as {{ count }},
        {%- endfor %}
        sum(pipeline) as pipeline,
        sum(revenue) as revenue
    from performance
    group by {{ quarter_of('month') }}, source, attribution_model
),

judged as (
    select
        summed.*,
        evidence.months_of_evidence,
        evidence.investment as window_investment,
        evidence.leads as window_leads,
        evidence.customers as window_customers,
        evidence.pipeline_share,
        evidence.ltv_cac_ratio,
        evidence.ltv_cac_low,
        evidence.ltv_cac_high,
        step_rates.step as weakest_step,
        step_rates.rate as weakest_rate,
        step_rates.overall_rate,
        cast(summed.revenue as double) * coalesce(source_settings.gross_margin_rate, {{ var('gross_margin_rate') }})
            as margin,
        intervals.margin_variation,
        {{ recommendation_ground() }} as ground
    from summed
    inner join evidence
        on
            summed.quarter = evidence.quarter
            and summed.source = evidence.source
            and summed.attribution_model = evidence.attribution_model
    inner join catalogue on summed.source = catalogue.source
    left join step_rates on summed.quarter = step_rates.quarter and summed.source = step_rates.source
    left join source_settings on summed.source = source_settings.source
    left join intervals
        on summed.source = intervals.source and summed.attribution_model = intervals.attribution_model
),

final as (
    select
        quarter,
        source,
        attribution_model,
        {{ performance_figures() }},
        ltv_cac_ratio,
        ltv_cac_low,
        ltv_cac_high,
        weakest_step,
        {{ recommendation_of('ground') }} as recommendation,
        {{ recommendation_reason('ground') }} as recommendation_reason
    from judged
)

select * from final
