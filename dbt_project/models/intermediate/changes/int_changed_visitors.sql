{{ config(materialized='table') }}
with

{%- if is_partial_night() %}

sessions as (
    select anonymous_id from {{ ref('stg_standard__web_sessions') }}
    where _built_at = {{ tonight() }} or {{ is_newly_visible('started_at') }}
    union
    select anonymous_id from {{ replaced(ref('stg_standard__web_sessions')) }}
),

events as (
    select anonymous_id from {{ ref('stg_standard__web_events') }}
    where _built_at = {{ tonight() }} or {{ is_newly_visible('occurred_at') }}
    union
    select anonymous_id from {{ replaced(ref('stg_standard__web_events')) }}
),

final as (
    select anonymous_id from sessions
    union
    select anonymous_id from events
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select anonymous_id from {{ ref('stg_standard__web_sessions') }}
    where false
    union
    select anonymous_id from {{ ref('stg_standard__web_events') }}
    where false
)

{%- endif %}

select * from final
