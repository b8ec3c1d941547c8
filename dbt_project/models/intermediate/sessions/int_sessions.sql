-- A session's row goes when a new version of it came, or when its visitor's events make other sessions.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ set_aside('session_id in (select session_id from ' ~ ref('int_sessions_parsed')
        ~ ' union select session_id from ' ~ replaced(ref('stg_standard__web_sessions'))
        ~ ' union select session_id from ' ~ replaced(ref('int_sessions_from_events')) ~ ')') }}"
) }}
with

final as (
    select * from {{ ref('int_sessions_parsed') }}
)

select * from final
