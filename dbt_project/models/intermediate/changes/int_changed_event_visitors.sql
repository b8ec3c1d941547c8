{{ config(materialized='table') }}
with

events as (
    select * from {{ ref('int_all_web_events') }}
),

{%- if is_partial_night() %}

final as (
    select anonymous_id from events
    where _built_at = {{ tonight() }} or {{ is_newly_visible('occurred_at') }}
    union
    select anonymous_id from {{ replaced(ref('int_all_web_events')) }}
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select anonymous_id from events
    where false
)

{%- endif %}

select * from final
