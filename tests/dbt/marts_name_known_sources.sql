{{ config(meta={'dagster': {'ref': {'name': 'dim_sources'}}}) }}
-- Sources that a mart of figures names and dim_sources does not hold.
{%- set marts = [
    'customer_retention', 'fct_source_cac_ltv', 'model_comparison', 'pipeline_concentration', 'source_evidence',
    'source_funnel', 'source_performance_monthly', 'source_performance_quarterly', 'source_portfolio', 'source_rankings',
    'source_removal_effects', 'source_step_rates', 'top_sources',
] %}
with

sources as (
    select * from {{ ref('dim_sources') }}
),

named as (
    {%- for mart in marts %}
    select distinct
        '{{ mart }}' as mart,
        source
    from {{ ref(mart) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        named.mart,
        named.source
    from named
    left join sources on named.source = sources.source
    where sources.source is null
)

select * from final
