-- CAC and LTV:CAC of a source are those of fct_source_cac_ltv and source_evidence. Those of several sources are worked
-- out as theirs, from their lifetime values weighted by customers.
with

scopes as (
    select * from {{ ref('int_report_scopes') }}
    where source = 'all'
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
    where projected_ltv_low is not null and projected_ltv_high is not null
),

all_time as (
    select * from {{ ref('fct_source_cac_ltv') }}
),

evidence as (
    select * from {{ ref('source_evidence') }}
),

costed as (
    select
        *,
        case when period_kind = 'all' then {{ as_of_date() }} else {{ known_on('quarter') }} end as known_on,
        -- Refunded spend on balance buys no customer.
        case when cac_investment > 0 then cac end as paid_cac
    from {{ ref('report_costs') }}
),

cumulated_margins as (
    select * from {{ ref('int_source_cumulated_margins') }}
),

of_scopes as (
    select
        {%- for figure in ['projected_ltv', 'projected_ltv_low', 'projected_ltv_high'] %}
        {{ ratio(
            'sum(cast(intervals.customers * intervals.' ~ figure ~ ' as decimal(28, 6)))',
            'sum(cast(intervals.customers as decimal(28, 9)))'
        ) }} as {{ figure }},
        {%- endfor %}
        scopes.category, scopes.source_type, intervals.known_on, intervals.attribution_model
    from intervals
    inner join scopes on intervals.source = scopes.member
    group by scopes.category, scopes.source_type, intervals.known_on, intervals.attribution_model
),

of_sources as (
    select
        'all' as period_kind, cast(null as date) as quarter, source, attribution_model,
        projected_ltv, projected_ltv_low, projected_ltv_high, ltv_cac_ratio, ltv_cac_low, ltv_cac_high
    from all_time
    union all
    select
        'window' as period_kind, quarter, source, attribution_model,
        projected_ltv, projected_ltv_low, projected_ltv_high, ltv_cac_ratio, ltv_cac_low, ltv_cac_high
    from evidence
),

paybacks as (
    select
        costed.period_kind, costed.quarter, costed.source, costed.attribution_model,
        cast(min(cumulated_margins.month_number) + 1 as integer) as payback_months
    from costed
    inner join cumulated_margins
        on
            costed.known_on = cumulated_margins.known_on
            and costed.source = cumulated_margins.source
            and costed.attribution_model = cumulated_margins.attribution_model
            and costed.cac between 0 and cumulated_margins.cumulated_margin
    group by costed.period_kind, costed.quarter, costed.source, costed.attribution_model
),

final as (
    select
        costed.period_kind, costed.quarter, costed.category, costed.source_type, costed.source,
        costed.attribution_model, costed.cac, costed.cac_low, costed.cac_high, costed.cac_maturity_share,
        costed.cac_if_unclear_shared,
        {%- for figure in ['projected_ltv', 'projected_ltv_low', 'projected_ltv_high'] %}
        coalesce(of_sources.{{ figure }}, of_scopes.{{ figure }}) as {{ figure }},
        {%- endfor %}
        coalesce(of_sources.ltv_cac_ratio, {{ ratio('of_scopes.projected_ltv', 'costed.paid_cac') }}) as ltv_cac_ratio,
        coalesce(of_sources.ltv_cac_low, {{ ltv_cac_end(
            'of_scopes.projected_ltv', 'of_scopes.projected_ltv_low', 'costed.paid_cac', 'costed.cac_high', '-'
        ) }}) as ltv_cac_low,
        coalesce(of_sources.ltv_cac_high, {{ ltv_cac_end(
            'of_scopes.projected_ltv', 'of_scopes.projected_ltv_high', 'costed.paid_cac', 'costed.cac_high', '+'
        ) }}) as ltv_cac_high,
        paybacks.payback_months
    from costed
    left join of_scopes
        on
            costed.category = of_scopes.category
            and costed.source_type = of_scopes.source_type
            and costed.source = 'all'
            and costed.known_on = of_scopes.known_on
            and costed.attribution_model = of_scopes.attribution_model
    left join of_sources
        on
            costed.source = of_sources.source
            and costed.attribution_model = of_sources.attribution_model
            and costed.period_kind = of_sources.period_kind
            and (costed.period_kind = 'all' or costed.quarter = of_sources.quarter)
    left join paybacks
        on
            costed.source = paybacks.source
            and costed.attribution_model = paybacks.attribution_model
            and costed.period_kind = paybacks.period_kind
            and costed.quarter = paybacks.quarter
)

select * from final
