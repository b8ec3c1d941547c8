with

investment as (
    select * from {{ ref('int_investment_daily') }}
),

models as (
    select * from {{ ref('int_attribution_models') }}
),

expected as (
    select * from {{ ref('source_expected_customers') }}
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
    select source from expected
    where customers > 0
),

cohorts as (
    select
        source,
        attribution_model,
        {{ sum_of_cohorts() }}
    from expected
    group by source, attribution_model
),

final as (
    select
        sources.source,
        models.attribution_model,
        cast(coalesce(spent.investment, 0) as decimal(28, 6)) as investment,
        {{ cohort_figures('cohorts') }}
    from sources
    cross join models
    left join spent on sources.source = spent.source
    left join cohorts
        on sources.source = cohorts.source and models.attribution_model = cohorts.attribution_model
)

select * from final
