with

totals as (
    select * from {{ ref('source_totals_monthly') }}
),

expected_by_month as (
    select * from {{ ref('source_expected_customers') }}
),

costs as (
    select * from {{ ref('source_cac') }}
    where period_kind = 'window'
),

verdicts as (
    select * from {{ ref('source_verdicts') }}
),

source_settings as (
    select * from {{ ref('source_settings') }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
    where known_on = {{ as_of_date() }}
),

-- Decimals, so that no sum depends on the order of its rows. Amounts as source_performance_monthly shows them.
summed as (
    select
        {{ quarter_of('month') }} as quarter,
        source,
        attribution_model,
        sum(cast(investment as decimal(28, 6))) as investment,
        {%- for count in ['leads', 'mqls', 'sqls', 'opportunities', 'customers', 'cohort_customers'] %}
        cast(sum(cast({{ count }} as decimal(28, 9))) as double) as {{ count }},
        {%- endfor %}
        sum(cohort_margin) as cohort_margin,
        sum(pipeline) as pipeline,
        sum(revenue) as revenue
    from totals
    group by {{ quarter_of('month') }}, source, attribution_model
),

expected as (
    select
        {{ quarter_of('month') }} as quarter,
        source,
        attribution_model,
        {{ sum_of_cohorts() }}
    from expected_by_month
    group by {{ quarter_of('month') }}, source, attribution_model
),

joined as (
    select
        summed.*,
        {%- for figure in ['cac', 'cac_low', 'cac_high', 'cac_basis', 'cac_if_unclear_shared'] %}
        costs.{{ figure }},
        {%- endfor %}
        verdicts.ltv_cac_ratio,
        verdicts.ltv_cac_low,
        verdicts.ltv_cac_high,
        verdicts.weakest_step,
        verdicts.reason_code,
        verdicts.recommendation,
        verdicts.recommendation_reason,
        verdicts.recommendation_reason_fr,
        cast(summed.revenue as double) * coalesce(source_settings.gross_margin_rate, {{ var('gross_margin_rate') }})
            as margin,
        intervals.margin_variation,
        {{ cohort_figures('expected') }}
    from summed
    left join expected
        on
            summed.quarter = expected.quarter
            and summed.source = expected.source
            and summed.attribution_model = expected.attribution_model
    inner join verdicts
        on
            summed.quarter = verdicts.quarter
            and summed.source = verdicts.source
            and summed.attribution_model = verdicts.attribution_model
    inner join costs
        on
            summed.quarter = costs.quarter
            and summed.source = costs.source
            and summed.attribution_model = costs.attribution_model
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
        cac,
        cac_low,
        cac_high,
        cac_basis,
        cac_if_unclear_shared,
        ltv_cac_ratio,
        ltv_cac_low,
        ltv_cac_high,
        ltv_cac_ratio - 1 as projected_roi,
        ltv_cac_low - 1 as projected_roi_low,
        ltv_cac_high - 1 as projected_roi_high,
        weakest_step,
        reason_code,
        recommendation,
        recommendation_reason,
        recommendation_reason_fr
    from joined
)

select * from final
