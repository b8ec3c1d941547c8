-- Sessions of visitors without any link to a person: no conversion has them in its path. Most touches are here; a view,
-- as only models over all visitors read them.
{{ config(materialized='view') }}
with

sessions as (
    select * from {{ ref('int_sessions') }}
    where started_at <= {{ as_of() }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
    where identifier_type = 'anonymous'
),

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

final as (
    select
        'session:' || sessions.session_id as touchpoint_id,
        {{ salted_hash("'anonymous:' || sessions.anonymous_id") }} as person_id,
        'person' as person_type,
        'session' as touch_type,
        classified.source,
        sessions.utm_medium as medium,
        sessions.utm_campaign as campaign,
        sessions.utm_content as content,
        classified.source = 'direct' as is_direct,
        sessions.source_key,
        sessions.started_at as occurred_at,
        sessions.anonymous_id
    from sessions
    inner join classified on sessions.source_key = classified.source_key
    left join identifiers on sessions.anonymous_id = identifiers.identifier_value
    where identifiers.identifier is null
)

select * from final
