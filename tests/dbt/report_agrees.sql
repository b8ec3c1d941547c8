{{ config(meta={'dagster': {'ref': {'name': 'report_performance'}}}) }}
{%- set figures = [
    'investment', 'customers', 'cac_calendar', 'cac', 'cac_low', 'cac_high', 'ltv_cac_ratio', 'ltv_cac_low',
    'ltv_cac_high',
] %}
{%- set figures_of_cohorts = [
    'cohort_customers', 'maturity_share', 'expected_customers', 'expected_customers_high', 'expected_cohort_cac',
    'expected_cohort_cac_low', 'roi', 'roi_high', 'first_deal_roi',
] %}
{#- The high end of the ROI of a hundredth of a customer is astronomical, and depends on the ninth digit of it. -#}
{%- set tolerance = '2e-6 * greatest(1, 0.1 / nullif(quarterly.cohort_customers, 0))' %}
-- Sources whose figures in the report are not those of the marts that have them; counts are rounded by month there, and
-- both figures at their sixth digit.
with

report as (
    select * from {{ ref('report_performance') }}
    where source != 'all'
),

-- It has a row per source and model, those in which nothing was spent or won too; the report has not.
all_time as (
    select * from {{ ref('fct_source_cac_ltv') }}
    where investment != 0 or customers != 0
),

evidence as (
    select * from {{ ref('source_evidence') }}
),

quarterly as (
    select * from {{ ref('source_performance_quarterly') }}
),

cohorts as (
    select * from {{ ref('report_cohorts') }}
    where source != 'all' and period_kind = 'quarter'
),

known as (
    select
        'all' as period_kind, cast(null as date) as quarter, source, attribution_model, investment, customers,
        cac_calendar, cac, cac_low, cac_high, ltv_cac_ratio, ltv_cac_low, ltv_cac_high
    from all_time
    union all
    select
        'window' as period_kind, quarter, source, attribution_model, investment, customers,
        {{ ratio('investment', 'customers') }} as cac_calendar,
        {{ ratio('cac_investment', 'cac_customers') }} as cac,
        {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '-') }} as cac_low,
        {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '+') }} as cac_high,
        ltv_cac_ratio, ltv_cac_low, ltv_cac_high
    from evidence
    union all
    select
        'quarter' as period_kind, quarter, source, attribution_model, investment, customers,
        cac_calendar, cac, cac_low, cac_high, ltv_cac_ratio, ltv_cac_low, ltv_cac_high
    from quarterly
),

differing as (
    select
        known.period_kind,
        known.quarter,
        known.source,
        known.attribution_model
    from known
    left join report
        on
            known.period_kind = report.period_kind
            and (known.period_kind = 'all' or known.quarter = report.quarter)
            and known.source = report.source
            and known.attribution_model = report.attribution_model
    where
        false
        {%- for figure in figures %}
        or (known.{{ figure }} is null) != (report.{{ figure }} is null)
        or abs(cast(known.{{ figure }} as double) - cast(report.{{ figure }} as double))
        > 2e-6 * greatest(1, abs(cast(known.{{ figure }} as double)))
        {%- endfor %}
),

differing_cohorts as (
    select
        'quarter' as period_kind,
        quarterly.quarter,
        quarterly.source,
        quarterly.attribution_model
    from quarterly
    left join cohorts
        on
            quarterly.quarter = cohorts.quarter
            and quarterly.source = cohorts.source
            and quarterly.attribution_model = cohorts.attribution_model
    where
        false
        {%- for figure in figures_of_cohorts %}
        or (quarterly.{{ figure }} is null) != (cohorts.{{ figure }} is null)
        or abs(cast(quarterly.{{ figure }} as double) - cast(cohorts.{{ figure }} as double))
        > {{ tolerance }} * greatest(1, abs(cast(quarterly.{{ figure }} as double)))
        {%- endfor %}
),

final as (
    select * from differing
    union all
    select * from differing_cohorts
)

select * from final
