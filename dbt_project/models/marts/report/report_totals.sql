with

totals as (
    select * from {{ ref('source_totals_monthly') }}
),

scopes as (
    select * from {{ ref('int_report_scopes') }}
),

periods as (
    select * from {{ ref('report_periods') }}
),

-- Decimals, so that no sum depends on the order of its rows.
final as (
    select
        periods.period_kind,
        periods.quarter,
        periods.period_start,
        scopes.category,
        scopes.source_type,
        scopes.source,
        totals.attribution_model,
        cast(sum(cast(totals.investment as decimal(28, 6))) as decimal(28, 6)) as investment,
        {%- for count in ['leads', 'mqls', 'sqls', 'opportunities', 'customers'] %}
        cast(sum(cast(totals.{{ count }} as decimal(28, 9))) as double) as {{ count }},
        {%- endfor %}
        cast(sum(totals.pipeline) as decimal(28, 10)) as pipeline,
        cast(sum(totals.revenue) as decimal(28, 10)) as revenue
    from totals
    inner join scopes on totals.source = scopes.member
    inner join periods on totals.month between periods.period_start and periods.period_end
    group by
        periods.period_kind, periods.quarter, periods.period_start,
        scopes.category, scopes.source_type, scopes.source, totals.attribution_model
)

select * from final
