-- The rules are data (seeds/routing_rules.csv), tried in order: the first whose conditions a lead meets says who takes
-- it. Patterns are tried once per distinct combination of what they look at.
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

rules as (
    select * from {{ ref('routing_rules') }}
),

seen as (
    select
        lead_sources.lead_id,
        lead_sources.original_source as source,
        responses.source_type,
        scores.temperature,
        coalesce(profiles.country_word, '<empty>') as country,
        coalesce(profiles.industry_word, '<empty>') as industry,
        scores.score,
        responses.sla_minutes
    from lead_sources
    inner join responses on lead_sources.lead_id = responses.lead_id
    inner join profiles on lead_sources.lead_id = profiles.lead_id
    inner join scores on lead_sources.lead_id = scores.lead_id
),

combinations as (
    select distinct
        source,
        source_type,
        temperature,
        country,
        industry
    from seen
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
        seen.lead_id,
        min(candidates.rule_order) as rule_order
    from seen
    inner join candidates
        on
            seen.source = candidates.source
            and seen.source_type = candidates.source_type
            and seen.temperature = candidates.temperature
            and seen.country = candidates.country
            and seen.industry = candidates.industry
            and (candidates.score_from is null or seen.score >= candidates.score_from)
    group by seen.lead_id
),

final as (
    select
        seen.lead_id,
        rules.rule_id as matched_rule,
        rules.team,
        rules.tier,
        rules.why as reason,
        coalesce(rules.respond_within_minutes, seen.sla_minutes) as respond_within_minutes
    from seen
    left join first_matches on seen.lead_id = first_matches.lead_id
    left join rules on first_matches.rule_order = rules.rule_order
)

select * from final
