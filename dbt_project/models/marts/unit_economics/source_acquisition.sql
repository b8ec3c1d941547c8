with

investment as (
    select * from {{ ref('int_investment_daily') }}
),

models as (
    select * from {{ ref('int_attribution_models') }}
),

cohorts as (
    select * from {{ ref('source_cohorts') }}
    where quarter = {{ quarter_of(as_of_date()) }}
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

expected_of_all as (
    select
        source,
        attribution_model,
        {{ sum_of_cohorts() }}
    from expected
    group by source, attribution_model
),

-- Of mature months where these cost anything, else of all months.
judged as (
    select
        *,
        sum(cast(case when is_mature then investment else 0 end as decimal(28, 6))) over (
            partition by source, attribution_model
        ) > 0 as has_mature
    from cohorts
),

matured as (
    select
        source,
        attribution_model,
        case when has_mature then 'cohort' else 'shifted' end as cac_basis,
        sum(cast(investment as decimal(28, 6))) as cac_spend,
        sum(cast(investment * coalesce(maturity_share, 1) as decimal(28, 6))) as cac_investment,
        cast(sum(cast(customers as decimal(28, 9))) as double) as cac_customers
    from judged
    where is_mature or not has_mature
    group by source, attribution_model, has_mature
),

joined as (
    select
        sources.source,
        models.attribution_model,
        cast(coalesce(spent.investment, 0) as decimal(28, 6)) as investment,
        coalesce(expected_of_all.customers, 0) as customers,
        {{ cohort_figures('expected_of_all') }},
        coalesce(matured.cac_basis, 'shifted') as cac_basis,
        cast(coalesce(matured.cac_investment, 0) as decimal(28, 6)) as cac_investment,
        coalesce(matured.cac_customers, 0) as cac_customers,
        coalesce(least({{ ratio('matured.cac_investment', 'matured.cac_spend') }}, 1), 1) as cac_maturity_share
    from sources
    cross join models
    left join spent on sources.source = spent.source
    left join expected_of_all
        on
            sources.source = expected_of_all.source
            and models.attribution_model = expected_of_all.attribution_model
    left join matured
        on sources.source = matured.source and models.attribution_model = matured.attribution_model
),

final as (
    select
        *,
        {{ ratio('cac_investment', 'cac_customers') }} as cac,
        {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '-') }} as cac_low,
        {{ matured_cost_end('cac_investment', 'cac_customers', 'cac_maturity_share', '+') }} as cac_high,
        {{ ratio('investment', 'customers') }} as cac_calendar,
        {{ cost_per('investment', 'customers', '-') }} as cac_calendar_low,
        {{ cost_per('investment', 'customers', '+') }} as cac_calendar_high
    from joined
)

select * from final
