with

totals as (
    select * from {{ ref('report_totals') }}
    where period_kind in ('window', 'all')
),

scopes as (
    select * from {{ ref('int_report_scopes') }}
),

costs as (
    select * from {{ ref('source_cac') }}
),

-- Of the sources with anything in the period.
summed as (
    select
        totals.period_kind, totals.quarter, scopes.category, scopes.source_type, scopes.source,
        totals.attribution_model,
        sum(costs.cac_investment) as cac_investment,
        cast(sum(cast(costs.cac_customers as decimal(28, 9))) as double) as cac_customers,
        sum(cast(costs.cac_investment / costs.cac_maturity_share as decimal(28, 6))) as spent,
        max(case when scopes.source = scopes.member then costs.cac_if_unclear_shared end) as cac_if_unclear_shared
    from totals
    inner join costs
        on
            totals.period_kind = costs.period_kind
            and totals.quarter = costs.quarter
            and totals.source = costs.source
            and totals.attribution_model = costs.attribution_model
    inner join scopes on totals.source = scopes.member
    group by
        totals.period_kind, totals.quarter, scopes.category, scopes.source_type, scopes.source,
        totals.attribution_model
),

matured as (
    select
        *,
        case when cac_investment > 0 and spent > cac_investment then {{ ratio('cac_investment', 'spent') }} else 1 end
            as cac_maturity_share
    from summed
),

final as (
    select
        period_kind, quarter, category, source_type, source, attribution_model, cac_investment, cac_customers,
        cac_maturity_share,
        {{ ratio('cac_investment', 'cac_customers') }} as cac,
        {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '-') }} as cac_low,
        {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '+') }} as cac_high,
        cac_if_unclear_shared
    from matured
)

select * from final
