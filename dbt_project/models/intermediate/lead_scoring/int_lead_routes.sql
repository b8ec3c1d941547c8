-- Method: a lead is routed by the first rule of seeds/routing_rules.csv whose conditions it meets. Patterns are tried
-- once per distinct combination of values.
with

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

responses as (
    select * from {{ ref('int_lead_responses') }}
),

profiles as (
    select * from {{ ref('int_lead_profiles') }}
),

scores as (
    select * from {{ ref('int_lead_scores') }}
),

-- None where `routing_outcome` is null.
predictions as (
    select * from {{ ref('int_lead_predictions') }}
    where
        is_current
        and outcome = '{{ var('routing_outcome') }}'
        and horizon_days = {{ var('routing_horizon_days') }}
),

rules as (
    select * from {{ ref('routing_rules') }}
),

facts as (
    select
        lead_sources.lead_id,
        lead_sources.original_source as source,
        responses.source_type,
        case
            when predictions.probability >= {{ var('hot_from_probability') }} then 'hot'
            when predictions.probability >= {{ var('warm_from_probability') }} then 'warm'
            when predictions.probability is not null then 'cold'
            else scores.temperature
        end as temperature,
        coalesce(profiles.country_word, '<empty>') as country,
        coalesce(profiles.industry_word, '<empty>') as industry,
        scores.score,
        responses.sla_minutes
    from lead_sources
    inner join responses on lead_sources.lead_id = responses.lead_id
    inner join profiles on lead_sources.lead_id = profiles.lead_id
    inner join scores on lead_sources.lead_id = scores.lead_id
    left join predictions on lead_sources.lead_id = predictions.lead_id
),

combinations as (
    select distinct
        source,
        source_type,
        temperature,
        country,
        industry
    from facts
),

candidates as (
    select
        combinations.*,
        rules.rule_order,
        rules.score_from
    from combinations
    inner join rules
        on
            (rules.source is null or {{ regexp_full_match('combinations.source', 'rules.source') }})
            and (
                rules.source_type is null
                or {{ regexp_full_match('combinations.source_type', 'rules.source_type') }}
            )
            and (
                rules.temperature is null
                or {{ regexp_full_match('combinations.temperature', 'rules.temperature') }}
            )
            and (rules.country is null or {{ regexp_full_match('combinations.country', 'rules.country') }})
            and (rules.industry is null or {{ regexp_full_match('combinations.industry', 'rules.industry') }})
),

first_matches as (
    select
        facts.lead_id,
        min(candidates.rule_order) as rule_order
    from facts
    inner join candidates
        on
            facts.source = candidates.source
            and facts.source_type = candidates.source_type
            and facts.temperature = candidates.temperature
            and facts.country = candidates.country
            and facts.industry = candidates.industry
            and (candidates.score_from is null or facts.score >= candidates.score_from)
    group by facts.lead_id
),

final as (
    select
        facts.lead_id,
        rules.rule_id as matched_rule,
        rules.team,
        rules.tier,
        rules.why as reason,
        coalesce(rules.respond_within_minutes, facts.sla_minutes) as respond_within_minutes
    from facts
    left join first_matches on facts.lead_id = first_matches.lead_id
    left join rules on first_matches.rule_order = rules.rule_order
)

select * from final
