-- Sources to stop offer their quarter's investment, the lowest LTV:CAC first. Sources to double take as much as theirs,
-- but no more than `budget_move_max_growth` above their highest quarter, the highest low end of LTV:CAC first.
with

performance as (
    select
        *,
        max(investment) over (
            partition by source, attribution_model order by quarter
            rows between unbounded preceding and current row
        ) as highest_investment
    from {{ ref('source_performance_quarterly') }}
),

evidence as (
    select * from {{ ref('source_evidence') }}
),

marginal_costs as (
    select *, marginal_basis = 'experiment' as is_experiment from {{ ref('source_marginal_costs') }}
),

judged as (
    select
        performance.quarter,
        performance.attribution_model,
        performance.source,
        performance.recommendation,
        performance.investment,
        performance.ltv_cac_low,
        performance.ltv_cac_high,
        case
            when performance.recommendation = 'stop' then performance.investment
            else least(
                performance.investment,
                cast(performance.highest_investment * (1 + {{ var('budget_move_max_growth') }}) as decimal(28, 6))
                - performance.investment
            )
        end as offer,
        {%- for figure in ['cac', 'cac_low', 'cac_high'] %}
        case
            when marginal_costs.is_experiment then marginal_costs.incremental_{{ figure }} else evidence.{{ figure }}
        end as {{ figure }},
        {%- endfor %}
        {%- for figure in ['elasticity', 'elasticity_low', 'elasticity_high'] %}
        case when marginal_costs.is_experiment then 1 else coalesce(marginal_costs.{{ figure }}, 1) end as {{ figure }},
        {%- endfor %}
        case
            when marginal_costs.marginal_basis = 'unknown' then 'average'
            else coalesce(marginal_costs.marginal_basis, 'average')
        end as basis
    from performance
    inner join evidence
        on
            performance.quarter = evidence.quarter
            and performance.source = evidence.source
            and performance.attribution_model = evidence.attribution_model
    left join marginal_costs
        on
            performance.quarter = marginal_costs.quarter
            and performance.source = marginal_costs.source
            and performance.attribution_model = marginal_costs.attribution_model
    where performance.recommendation in ('double', 'stop') and performance.investment > 0
),

queued as (
    select
        *,
        sum(offer) over (
            partition by quarter, attribution_model, recommendation
            order by
                case when recommendation = 'stop' then ltv_cac_high end asc,
                case when recommendation = 'double' then ltv_cac_low end desc,
                source asc
            rows between unbounded preceding and current row
        ) as queue_end
    from judged
    where offer > 0
),

final as (
    select
        quarter,
        attribution_model,
        source,
        recommendation,
        investment,
        cast(queue_end - offer as decimal(28, 6)) as queue_from,
        cast(queue_end as decimal(28, 6)) as queue_to,
        cac,
        cac_low,
        cac_high,
        basis,
        elasticity,
        elasticity_low,
        elasticity_high
    from queued
)

select * from final
