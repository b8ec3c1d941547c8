{%- set steps = [
    ('lead_to_mql', 'leads', 'mqls'),
    ('mql_to_sql', 'mqls', 'sqls'),
    ('sql_to_opportunity', 'sqls', 'opportunities'),
    ('opportunity_to_customer', 'opportunities', 'customers'),
    ('lead_to_customer', 'leads', 'customers'),
] -%}
with

funnels as (
    select * from {{ ref('source_funnel') }}
),

scopes as (
    select * from {{ ref('int_report_scopes') }}
),

periods as (
    select * from {{ ref('report_periods') }}
    where period_kind != 'month'
),

counted as (
    select
        periods.period_kind,
        periods.quarter,
        scopes.category,
        scopes.source_type,
        scopes.source,
        sum(funnels.leads) as leads,
        sum(funnels.mqls) as mqls,
        sum(funnels.sqls) as sqls,
        sum(funnels.opportunities) as opportunities,
        sum(funnels.customers) as customers
    from funnels
    inner join scopes on funnels.source = scopes.member
    inner join periods on funnels.month between periods.period_start and periods.period_end
    group by periods.period_kind, periods.quarter, scopes.category, scopes.source_type, scopes.source
),

steps as (
    {%- for step, entered, reached in steps %}
    select
        period_kind, quarter, category, source_type, source,
        '{{ step }}' as step, {{ entered }} as entered, {{ reached }} as reached
    from counted
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        period_kind,
        quarter,
        category,
        source_type,
        source,
        step,
        cast(entered as bigint) as entered,
        cast(reached as bigint) as reached,
        {{ ratio('reached', 'entered') }} as rate,
        {{ wilson('reached', 'entered', '-') }} as rate_low,
        {{ wilson('reached', 'entered', '+') }} as rate_high
    from steps
)

select * from final
