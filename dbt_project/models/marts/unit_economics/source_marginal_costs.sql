-- Method: one step of weighted least squares (Poisson) from the usual elasticity, shrunk towards it: own months weigh
-- by their information, the usual elasticity by its variance between sources. Marginal cost is CAC over elasticity.
{%- set usual, z = var('spend_elasticity_usual'), var('interval_z') %}
{%- set shrunk_information = '(information + dispersion / power(' ~ var('spend_elasticity_deviation') ~ ', 2))' %}
with

responses as (
    select * from {{ ref('source_spend_responses') }}
),

costs as (
    select * from {{ ref('source_cac') }}
    where period_kind = 'window'
),

-- The newest of a source.
experiments as (
    select * from {{ ref('experiment_results') }}
    where incremental_cac_low is not null
    qualify row_number() over (partition by quarter, source order by ends_on desc, experiment_id asc) = 1
),

-- Customers scatter at least as a random count does. Student's t by its expansion for `interval_z`.
estimates as (
    select
        *,
        greatest(
            coalesce({{ ratio('scatter - ' ~ ratio('power(score, 2)', 'information'), 'degrees_of_freedom') }}, 1), 1
        ) as dispersion,
        {{ z }} + ({{ z }} + power({{ z }}, 3)) / (4 * degrees_of_freedom)
        + (3 * {{ z }} + 16 * power({{ z }}, 3) + 5 * power({{ z }}, 5)) / (96 * power(degrees_of_freedom, 2)) as t
    from responses
    where months >= {{ var('spend_comparison_min_months') }} and degrees_of_freedom > 0
),

elasticities as (
    select
        *,
        {{ usual }} + score / {{ shrunk_information }} as elasticity,
        t * sqrt(dispersion / {{ shrunk_information }}) as error,
        {{ usual }} + (score - t * sqrt(dispersion * information)) / nullif(information, 0) as own_low
    from estimates
),

reasons as (
    select
        costs.*,
        elasticities.elasticity,
        elasticities.elasticity - elasticities.error as elasticity_low,
        elasticities.elasticity + elasticities.error as elasticity_high,
        {%- for figure in ['incremental_cac', 'incremental_cac_low', 'incremental_cac_high'] %}
        experiments.{{ figure }},
        {%- endfor %}
        case
            when costs.cac is null or costs.cac_investment <= 0 then 'no_customers'
            when elasticities.source is null then 'too_few_months'
            when
                elasticities.spend_variation < {{ var('spend_comparison_min_variation') }}
                or elasticities.own_low is null
                then 'spend_hardly_varied'
            when least(elasticities.own_low, elasticities.elasticity - elasticities.error) <= 0 then 'no_visible_effect'
        end as unknown_reason
    from costs
    left join elasticities
        on
            costs.quarter = elasticities.quarter
            and costs.source = elasticities.source
            and costs.attribution_model = elasticities.attribution_model
    left join experiments on costs.quarter = experiments.quarter and costs.source = experiments.source
),

regressed as (
    select
        *,
        {%- for figure in ['elasticity', 'elasticity_low', 'elasticity_high'] %}
        case when unknown_reason is null then round({{ figure }}, 9) end as known_{{ figure }},
        {%- endfor %}
        case when unknown_reason is null then cac / elasticity end as cost
    from reasons
),

final as (
    select
        quarter,
        source,
        attribution_model,
        known_elasticity as elasticity,
        known_elasticity_low as elasticity_low,
        known_elasticity_high as elasticity_high,
        incremental_cac,
        incremental_cac_low,
        incremental_cac_high,
        case
            when incremental_cac_low is not null then incremental_cac
            else round(cost, 6)
        end as marginal_cost,
        case
            when incremental_cac_low is not null then incremental_cac_low
            when cost is not null then round(
                cost * {{ times_or_divided(['ln(cac / cac_low)', 'ln(elasticity_high / elasticity)'], '-') }}, 6
            )
        end as marginal_cost_low,
        case
            when incremental_cac_low is not null then incremental_cac_high
            when cost is not null then round(
                cost * {{ times_or_divided(['ln(cac_high / cac)', 'ln(elasticity / elasticity_low)'], '+') }}, 6
            )
        end as marginal_cost_high,
        case
            when incremental_cac_low is not null then 'experiment'
            when unknown_reason is null then 'regression'
            else 'unknown'
        end as marginal_basis,
        unknown_reason
    from regressed
)

select * from final
