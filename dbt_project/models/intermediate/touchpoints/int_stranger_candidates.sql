-- Sessions of visitors that nobody ever named, each a person of its own; on a partial night those that came, and those
-- of visitors that were parted from everybody.
{{ config(materialized='view') }}
with

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
    where identifier_type = 'anonymous'
),

{%- if is_partial_night() %}

-- Seldom anybody: whoever was linked last night and is not tonight.
parted as (
    select substr(changed.identifier, 11) as anonymous_id
    from {{ ref('int_changed_identifiers') }} as changed
    left join identifiers on changed.identifier = identifiers.identifier
    where changed.identifier like 'anonymous:%' and identifiers.identifier is null
),

sessions as (
    select * from {{ ref('int_changed_sessions') }}
    union
    select sessions.* from {{ ref('int_sessions') }} as sessions
    inner join parted on sessions.anonymous_id = parted.anonymous_id
),

{%- else %}

sessions as (
    select * from {{ ref('int_sessions') }}
),

{%- endif %}

final as (
    select
        sessions.*,
        {{ salted_hash("'anonymous:' || sessions.anonymous_id") }} as person_id
    from sessions
    left join identifiers on 'anonymous:' || sessions.anonymous_id = identifiers.identifier
    where identifiers.identifier is null and sessions.started_at <= {{ as_of() }}
)

select * from final
