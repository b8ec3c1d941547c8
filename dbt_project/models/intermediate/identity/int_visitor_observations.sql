-- Only visitors who were ever identified: others cannot be linked to a person.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='anonymous_id',
    changed_keys='int_changed_visitors'
) }}
with

sessions as (
    select * from {{ ref('int_sessions') }}
    where started_at <= {{ as_of() }} and {{ is_changed('anonymous_id', 'int_changed_visitors') }}
),

events as (
    select * from {{ ref('int_unified__web_events') }}
    where occurred_at <= {{ as_of() }} and {{ is_changed('anonymous_id', 'int_changed_visitors') }}
),

named as (
    select anonymous_id from sessions
    where user_id is not null or email_hash is not null
    union
    select anonymous_id from events
    where user_id is not null or email_hash is not null
),

unioned as (
    select
        sessions.anonymous_id,
        sessions.user_id,
        sessions.email_hash,
        sessions.email_domain,
        sessions.started_at as seen_at
    from sessions
    inner join named on sessions.anonymous_id = named.anonymous_id
    union all
    select
        events.anonymous_id,
        events.user_id,
        events.email_hash,
        events.email_domain,
        events.occurred_at as seen_at
    from events
    inner join named on events.anonymous_id = named.anonymous_id
),

final as (
    select
        anonymous_id,
        user_id,
        email_hash,
        max(email_domain) as email_domain,
        min(seen_at) as first_seen_at
    from unioned
    group by anonymous_id, user_id, email_hash
)

select * from final
