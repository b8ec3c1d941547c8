-- A session of an identified visitor is a touch unless its source is unclear.
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

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

-- Any changed person may be behind a shared device.
visitors as (
    select
        identifier_value as anonymous_id,
        person_id,
        is_shared
    from identifiers
    where identifier_type = 'anonymous' and (is_shared or {{ is_changed('person_id', 'int_changed_persons') }})
),

-- On a shared device the person is the one who gave a user id or e-mail in the session, else the device itself.
sessions_with_person as (
    select
        sessions.*,
        case
            when not visitors.is_shared then visitors.person_id
            when not by_user.is_shared then by_user.person_id
            when not by_email.is_shared then by_email.person_id
            else visitors.person_id
        end as person_id
    from sessions
    inner join visitors on sessions.anonymous_id = visitors.anonymous_id
    left join identifiers as by_user
        on
            by_user.identifier_type = 'user'
            and case when visitors.is_shared then sessions.user_id end = by_user.identifier_value
    left join identifiers as by_email
        on
            by_email.identifier_type = 'email'
            and case when visitors.is_shared then sessions.email_hash end = by_email.identifier_value
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
    inner join catalogue on classified.source = catalogue.source
    where not catalogue.is_unclear and {{ is_changed('person_id', 'int_changed_persons') }}
)

select * from final
