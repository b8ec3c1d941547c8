-- Most touches there are: visits of people who never say who they are, so that no conversion has them in its path.
-- A view: they are what their session says, and only what looks at everybody reads them.
{{ config(materialized='view') }}
with

sessions as (
    select * from {{ ref('int_sessions') }}
    where started_at <= {{ as_of() }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
    where identifier_type = 'anonymous'
),

strangers as (
    select
        sessions.*,
        {{ salted_hash("'anonymous:' || sessions.anonymous_id") }} as person_id
    from sessions
    left join identifiers on sessions.anonymous_id = identifiers.identifier_value
    where identifiers.identifier is null
),

final as (
    {{ session_touches('strangers', ['anonymous_id']) }}
)

select * from final
