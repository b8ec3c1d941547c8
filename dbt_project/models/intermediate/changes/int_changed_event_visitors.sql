{{ config(materialized='table') }}
with

events as (
    select * from {{ ref('stg_standard__web_events') }}
),

{%- if is_partial_night() %}

final as (
    select anonymous_id from events
    where _built_at = {{ tonight() }} or {{ is_newly_visible('occurred_at') }}
    union
    select anonymous_id from {{ replaced(ref('stg_standard__web_events')) }}
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select anonymous_id from events
    where false
)

{%- endif %}

select * from final
