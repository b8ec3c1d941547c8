with

sessions as (
    select * from {{ ref('int_changed_sessions') }}
),

deleted_sessions as (
    select * from {{ source('previous_run', 'int_sessions__deleted') }}
),

event_visitors as (
    select * from {{ ref('int_changed_event_visitors') }}
),

final as (
    select anonymous_id from sessions
    union
    select anonymous_id from deleted_sessions
    union
    select anonymous_id from event_visitors
)

select * from final
