-- Most touches there are: visits of people who never say who they are, so that no conversion has them in its path.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ take_out('person_id in (select person_id from ' ~ ref('int_changed_persons') ~ ')') }}",
        "{{ take_out('touchpoint_id in (select ' ~ text_literal('session:') ~ ' || session_id from '
            ~ replaced(ref('int_sessions')) ~ ')') }}",
    ]
) }}
with

candidates as (
    select * from {{ ref('int_stranger_candidates') }}
),

classified as (
    select * from {{ ref('int_source_combinations_classified') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

final as (
    select
        'session:' || candidates.session_id as touchpoint_id,
        candidates.person_id,
        'session' as touch_type,
        classified.source,
        candidates.utm_medium as medium,
        candidates.utm_campaign as campaign,
        candidates.utm_content as content,
        classified.source = 'direct' as is_direct,
        candidates.source_key,
        candidates.started_at as occurred_at
    from candidates
    inner join classified on candidates.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
    where not catalogue.is_unclear
)

select * from final
