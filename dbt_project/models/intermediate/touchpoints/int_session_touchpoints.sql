-- A session of an identified visitor is a touch. Where no rule knows its tags it is one of `unknown`: to drop it would
-- give its credit to other sources and hide broken tracking.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='person_id',
    changed_keys='int_changed_persons'
) }}
with

sessions as (
    select * from {{ ref('int_sessions') }}
    where started_at <= {{ as_of() }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

shared_browser_sessions as (
    select * from {{ ref('int_shared_browser_sessions') }}
),

-- Any changed person may be behind a shared browser.
visitors as (
    select
        identifier_value as anonymous_id,
        person_id
    from identifiers
    where identifier_type = 'anonymous' and (is_shared or {{ is_changed('person_id', 'int_changed_persons') }})
),

sessions_with_person as (
    select
        sessions.*,
        coalesce(shared_browser_sessions.person_id, visitors.person_id) as person_id
    from sessions
    inner join visitors on sessions.anonymous_id = visitors.anonymous_id
    left join shared_browser_sessions on sessions.session_id = shared_browser_sessions.session_id
),

final as (
    select
        'session:' || sessions_with_person.session_id as touchpoint_id,
        sessions_with_person.person_id,
        'person' as person_type,
        'session' as touch_type,
        classified.source,
        sessions_with_person.utm_medium as medium,
        sessions_with_person.utm_campaign as campaign,
        sessions_with_person.utm_content as content,
        classified.source = 'direct' as is_direct,
        sessions_with_person.source_key,
        sessions_with_person.started_at as occurred_at
    from sessions_with_person
    inner join classified on sessions_with_person.source_key = classified.source_key
    where {{ is_changed('person_id', 'int_changed_persons') }}
)

select * from final
