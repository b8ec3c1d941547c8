{#- Refers to int_sessions twice and not through one import: an engine may store what an import holds. -#}
with

deleted_sessions as (
    select * from {{ source('previous_run', 'int_sessions__deleted') }}
),

event_visitors as (
    select * from {{ ref('int_changed_event_visitors') }}
),

-- Two reads of sessions with one plain condition each: the engine then skips the blocks that hold no such row.
final as (
    select anonymous_id from {{ ref('int_sessions') }}
    where {{ is_incremental_run() }} and _built_at = {{ this_run() }}
    union
    select anonymous_id from {{ ref('int_sessions') }}
    where {{ is_newly_visible('started_at') }}
    union
    select anonymous_id from deleted_sessions
    union
    select anonymous_id from event_visitors
)

select * from final
