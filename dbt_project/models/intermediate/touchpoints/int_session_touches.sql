-- A session of a linked visitor is a touch where its source can be told.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ take_out('person_id in (select person_id from ' ~ ref('int_changed_persons') ~ ')') }}"
) }}
with

candidates as (
    select * from {{ ref('int_session_candidates') }}
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
