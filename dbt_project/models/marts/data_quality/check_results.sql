{%- set limits = {
    'lead_source_coverage': ('ceiling', var('unclear_share_threshold')),
    'pipeline_concentration': ('ceiling', var('pipeline_share_threshold')),
    'spend_conserved': ('ceiling', var('money_tolerance')),
    'credit_conserved': ('ceiling', 0),
    'rows_conserved': ('ceiling', 0),
    'rejected_share': ('ceiling', var('max_rejected_share')),
    'sla_compliance': ('ceiling', var('max_sla_missed_share')),
    'ltv_cac_floor': ('floor', var('ltv_cac_healthy')),
    'portfolio_balance': ('ceiling', var('portfolio_balance_tolerance')),
    'new_source_each_quarter': ('ceiling', var('max_quarters_without_new_source')),
    'feed_volume': ('ceiling', var('feed_volume_max_z_score')),
    'feed_freshness': ('ceiling', var('feed_freshness_max_staleness')),
} %}
with

figures as (
    select * from {{ ref('check_figures_business') }}
    union all
    select * from {{ ref('check_figures_data') }}
),

limits as (
    {%- for check_name, (direction, threshold) in limits.items() %}
    select
        '{{ check_name }}' as check_name,
        '{{ direction }}' as direction,
        cast({{ threshold }} as double) as threshold,
        '{{ var("check_severities")[check_name] }}' as severity
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- Without anything to measure a check passes: under a ceiling the figure is 0, over a floor there is none.
measured as (
    select
        limits.*,
        case when limits.direction = 'ceiling' then coalesce(figures.figure, 0) else figures.figure end as figure
    from limits
    inner join figures on limits.check_name = figures.check_name
),

final as (
    select
        check_name,
        case
            when direction = 'ceiling' then figure <= threshold
            else coalesce(figure >= threshold, true)
        end as passed,
        severity,
        figure,
        threshold,
        {{ as_of() }} as evaluated_at
    from measured
)

select * from final
