with

investment as (
    select * from {{ ref('int_investment_daily') }}
),

models as (
    select * from {{ ref('int_attribution_models') }}
),

expected_by_month as (
    select * from {{ ref('source_expected_customers') }}
),

costs as (
    select * from {{ ref('source_cac') }}
    where period_kind = 'all'
),

spent as (
    select
        source,
        sum(amount) as investment
    from investment
    group by source
),

sources as (
    select source from spent
    union
    select source from expected_by_month
    where customers > 0
),

expected as (
    select
        source,
        attribution_model,
        {{ sum_of_cohorts() }}
    from expected_by_month
    group by source, attribution_model
),

joined as (
    select
        sources.source,
        models.attribution_model,
        cast(coalesce(spent.investment, 0) as decimal(28, 6)) as investment,
        coalesce(expected.customers, 0) as customers,
        {{ cohort_figures('expected') }},
        costs.cac,
        costs.cac_low,
        costs.cac_high,
        costs.cac_if_unclear_shared,
        costs.cac_basis,
        costs.cac_investment,
        costs.cac_customers,
        costs.cac_maturity_share
    from sources
    cross join models
    left join spent on sources.source = spent.source
    left join expected
        on sources.source = expected.source and models.attribution_model = expected.attribution_model
    left join costs
        on sources.source = costs.source and models.attribution_model = costs.attribution_model
),

final as (
    select
        *,
        {{ ratio('investment', 'customers') }} as cac_calendar,
        {{ cost_per('investment', 'customers', '-') }} as cac_calendar_low,
        {{ cost_per('investment', 'customers', '+') }} as cac_calendar_high
    from joined
)

select * from final
