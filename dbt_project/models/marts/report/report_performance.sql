-- A quarter's CAC and LTV:CAC are those of the window that ends with it, as in its recommendation.
{%- set costs = {
    'cpl': 'leads', 'cost_per_mql': 'mqls', 'cost_per_sql': 'sqls', 'cost_per_opportunity': 'opportunities',
    'cac_calendar': 'customers',
} %}
{%- set amounts = ['investment', 'leads', 'mqls', 'sqls', 'opportunities', 'customers', 'pipeline', 'revenue'] %}
with

totals as (
    select * from {{ ref('report_totals') }}
    where period_kind != 'month'
),

periods as (
    select * from {{ ref('report_periods') }}
    where period_kind != 'month'
),

returns as (
    select * from {{ ref('report_returns') }}
),

figures as (
    select
        totals.*,
        {%- for cost, count in costs.items() %}
        {{ ratio('totals.investment', 'totals.' ~ count) }} as {{ cost }},
        {{ cost_per('totals.investment', 'totals.' ~ count, '-') }} as {{ cost }}_low,
        {{ cost_per('totals.investment', 'totals.' ~ count, '+') }} as {{ cost }}_high,
        {%- endfor %}
        returns.cac,
        returns.cac_low,
        returns.cac_high,
        returns.cac_maturity_share,
        returns.cac_if_unclear_shared,
        returns.projected_ltv,
        returns.projected_ltv_low,
        returns.projected_ltv_high,
        returns.ltv_cac_ratio,
        returns.ltv_cac_low,
        returns.ltv_cac_high,
        returns.payback_months
    from totals
    left join returns
        on
            totals.quarter = returns.quarter
            and (totals.period_kind = 'all') = (returns.period_kind = 'all')
            and totals.category = returns.category
            and totals.source_type = returns.source_type
            and totals.source = returns.source
            and totals.attribution_model = returns.attribution_model
),

-- The period of its kind one quarter earlier, where both are whole.
periods_before as (
    select
        periods.period_kind,
        periods.quarter,
        before.quarter as quarter_before
    from periods
    inner join periods as before
        on periods.period_kind = before.period_kind and periods.quarter = {{ next_quarter('before.quarter') }}
    where periods.is_whole and before.is_whole
),

final as (
    select
        figures.period_kind,
        figures.quarter,
        figures.category,
        figures.source_type,
        figures.source,
        figures.attribution_model,
        {%- for amount in amounts %}
        figures.{{ amount }},
        {%- endfor %}
        {%- for cost in costs %}
        figures.{{ cost }},
        figures.{{ cost }}_low,
        figures.{{ cost }}_high,
        {%- endfor %}
        figures.cac,
        figures.cac_low,
        figures.cac_high,
        figures.cac_maturity_share,
        figures.cac_if_unclear_shared,
        figures.projected_ltv,
        figures.projected_ltv_low,
        figures.projected_ltv_high,
        figures.ltv_cac_ratio,
        figures.ltv_cac_low,
        figures.ltv_cac_high,
        figures.payback_months,
        {%- for figure in amounts + costs.keys() | list + ['cac', 'ltv_cac_ratio'] %}
        round({{ ratio('figures.' ~ figure ~ ' - before.' ~ figure, 'abs(before.' ~ figure ~ ')') }}, 9)
            as {{ figure | replace('_ratio', '') }}_change,
        {%- endfor %}
        before.quarter as quarter_before
    from figures
    left join periods_before
        on figures.period_kind = periods_before.period_kind and figures.quarter = periods_before.quarter
    left join figures as before
        on
            figures.period_kind = before.period_kind
            and periods_before.quarter_before = before.quarter
            and figures.category = before.category
            and figures.source_type = before.source_type
            and figures.source = before.source
            and figures.attribution_model = before.attribution_model
)

select * from final
