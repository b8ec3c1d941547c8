with

events as (
    select * from {{ ref('int_unified__web_events') }}
),

deleted_events as (
    select * from {{ source('previous_run', 'int_unified__web_events__deleted') }}
),

final as (
    select anonymous_id from events
    where {{ is_incremental_run() }} and (_built_at = {{ this_run() }} or {{ is_newly_visible('occurred_at') }})
    union
    select anonymous_id from deleted_events
)

select * from final
