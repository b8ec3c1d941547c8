{{ config(meta={'dagster': {'ref': {'name': 'budget_moves'}}}) }}
-- Sources that give more than they have, or take more than as much again or than their highest quarter allows for.
with

moves as (
    select * from {{ ref('budget_moves') }}
),

performance as (
    select
        *,
        max(investment) over (
            partition by source, attribution_model order by quarter
            rows between unbounded preceding and current row
        ) as highest_investment
    from {{ ref('source_performance_quarterly') }}
),

changes as (
    select quarter, attribution_model, from_source as source, amount, 0 as taken from moves
    union all
    select quarter, attribution_model, to_source as source, amount, amount as taken from moves
),

summed as (
    select
        quarter,
        attribution_model,
        source,
        sum(amount) as amount,
        sum(taken) as taken
    from changes
    group by quarter, attribution_model, source
),

final as (
    select summed.*
    from summed
    inner join performance
        on
            summed.quarter = performance.quarter
            and summed.attribution_model = performance.attribution_model
            and summed.source = performance.source
    where
        summed.amount > performance.investment + {{ var('money_tolerance') }}
        or (
            summed.taken > 0
            and performance.investment + summed.taken
            > performance.highest_investment * (1 + {{ var('budget_move_max_growth') }}) + {{ var('money_tolerance') }}
        )
)

select * from final
