{{ config(materialized='table') }}
with

events as (
    select * from {{ ref('int_unified__web_events') }}
),

{%- if is_incremental_run() %}

final as (
    select anonymous_id from events
    where _built_at = {{ tonight() }} or {{ is_newly_visible('occurred_at') }}
    union
    select anonymous_id from {{ deleted_rows(ref('int_unified__web_events')) }}
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select anonymous_id from events
    where false
)

{%- endif %}

select * from final
