{%- set limits = {
    'lead_source_coverage': ('ceiling', var('unclear_share_threshold')),
    'pipeline_concentration': ('ceiling', var('pipeline_share_threshold')),
    'spend_conserved': ('ceiling', var('money_tolerance')),
    'credit_conserved': ('ceiling', 0),
    'rows_conserved': ('ceiling', 0),
    'rejected_share': ('ceiling', var('max_rejected_share')),
    'keys_repeat_within_a_file': ('ceiling', 0),
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

-- Without anything to measure a check passes, and its figure is null.
final as (
    select
        limits.check_name,
        coalesce(
            case
                when limits.direction = 'ceiling' then figures.figure <= limits.threshold
                else figures.figure >= limits.threshold
            end,
            true
        ) as passed,
        limits.severity,
        figures.figure,
        limits.threshold,
        {{ as_of() }} as evaluated_at
    from limits
    inner join figures on limits.check_name = figures.check_name
)

select * from final
