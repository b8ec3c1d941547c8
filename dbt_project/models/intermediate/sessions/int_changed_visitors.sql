{{ config(materialized='table') }}
with

sessions as (
    select * from {{ ref('int_changed_sessions') }}
),

event_visitors as (
    select * from {{ ref('int_changed_event_visitors') }}
),

{%- if is_incremental_run() %}

final as (
    select anonymous_id from sessions
    union
    select anonymous_id from {{ deleted_rows(ref('int_sessions')) }}
    union
    select anonymous_id from event_visitors
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select anonymous_id from event_visitors
    union
    select anonymous_id from sessions
)

{%- endif %}

select * from final
