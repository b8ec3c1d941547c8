{{ config(meta={'dagster': {'ref': {'name': 'funnel_by_dimension'}}}) }}
-- Figures outside their interval; rates of nothing that have a value or an interval, and rates of something without. A
-- rate comes with the column it is a rate of; other figures with nothing, as their bounds may be known without them.
{%- set funnel = {
    'lead_to_mql_rate': 'leads', 'mql_to_sql_rate': 'mqls', 'sql_to_opportunity_rate': 'sqls',
    'opportunity_to_customer_rate': 'opportunities', 'lead_to_customer_rate': 'leads', 'disqualified_rate': 'leads',
    'recycled_rate': 'leads',
} %}
{%- set performance = {
    'cpl': none, 'cost_per_mql': none, 'cost_per_sql': none, 'cost_per_opportunity': none, 'cac_calendar': none,
    'cohort_cac': none, 'expected_cohort_cac': none, 'expected_customers': none, 'roi': none,
    'first_deal_roi': none,
} %}
{%- set costs = {
    'cpl': none, 'cost_per_mql': none, 'cost_per_sql': none, 'cost_per_opportunity': none, 'cac_calendar': none,
    'cac': none,
} %}
{#- The bounds of a ratio are named without it. -#}
{%- set ltv_cac = {'ltv_cac_ratio': none} %}
{%- set marts = {
    'customer_retention': {'retention': 'customers'},
    'decision_log': dict(
        ltv_cac, cac=none, projected_ltv=none, hindsight_ltv_cac_ratio=none, hindsight_cac=none,
        hindsight_projected_ltv=none
    ),
    'fct_source_cac_ltv': dict(
        ltv_cac, cac=none, cac_calendar=none, expected_customers=none, projected_ltv=none, projected_roi=none
    ),
    'funnel_by_dimension': funnel,
    'lead_kpis_monthly': {'lead_to_mql_rate': 'leads'},
    'report_funnel': {'rate': 'entered'},
    'report_performance': dict(costs, **ltv_cac),
    'report_retention': {'retention': 'customers'},
    'source_comparison': {'lead_to_customer_rate': 'leads'},
    'source_evidence': dict(ltv_cac, cac=none, projected_ltv=none),
    'source_funnel': funnel,
    'source_performance_monthly': performance,
    'source_performance_quarterly': dict(performance, cac=none, projected_roi=none, **ltv_cac),
    'source_rankings': {'cost_per_customer': none, 'lead_to_customer_rate': 'leads'},
    'source_step_rates': {'rate': 'entered'},
    'source_verdicts': ltv_cac,
    'top_sources': ltv_cac,
    'verdict_accuracy': {'held_share': 'judged_decisions', 'reversed_share': 'judged_decisions'},
} %}
with


{%- for mart, figures in marts.items() %}
{{ mart }}_outside as (
    select
        '{{ mart }}' as mart,
        count(*) as row_count
    from {{ ref(mart) }}
    where
        false
        {%- for figure, base in figures.items() %}
        {%- set bounds = figure | replace('_ratio', '') %}
        or {{ bounds }}_low > {{ figure }} + 1e-6 + 1e-9 * abs({{ figure }})
        or {{ bounds }}_high < {{ figure }} - 1e-6 - 1e-9 * abs({{ figure }})
        or {{ bounds }}_low > {{ bounds }}_high
        {%- if base %}
        or (coalesce({{ base }}, 0) = 0) != ({{ figure }} is null)
        or ({{ figure }} is null) != ({{ bounds }}_low is null)
        or ({{ figure }} is null) != ({{ bounds }}_high is null)
        {%- endif %}
        {%- endfor %}
    having count(*) > 0
),

{%- endfor %}

final as (
    {%- for mart in marts %}
    select * from {{ mart }}_outside
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select * from final
