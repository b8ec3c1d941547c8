{{ config(materialized='view') }}
with

sessions as (
    select * from {{ ref('int_sessions') }}
),

{%- if is_partial_night() %}

-- Two reads with one plain condition each: the engine then passes over the blocks that hold no such row.
final as (
    select * from sessions
    where _built_at = {{ tonight() }}
    union all
    select * from sessions
    where {{ is_newly_visible('started_at') }} and _built_at != {{ tonight() }}
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select * from sessions
    where false
)

{%- endif %}

select * from final
