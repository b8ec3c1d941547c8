{{ config(materialized='table') }}
-- Everybody whose touches may differ from last night's: their sessions, work or leads changed, or they were stitched
-- together or apart.
with

changed_identifiers as (
    select * from {{ ref('int_changed_identifiers') }}
),

{%- if is_incremental_run() %}

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
),

new_sessions as (
    {{ session_persons(ref('int_changed_sessions'), ref('int_identifiers_stitched')) }}
),

old_sessions as (
    {{ session_persons(deleted_rows(ref('int_sessions')), previous(ref('int_identifiers_stitched'))) }}
),

-- Whoever was seen with an identifier that became a kiosk, or no longer is one, may have won or lost its sessions.
neighbours as (
    select pairs.other_identifier as identifier
    from pairs
    inner join changed_identifiers on pairs.identifier = changed_identifiers.identifier
    where changed_identifiers.is_sharing_changed
    union
    select pairs.identifier
    from pairs
    inner join changed_identifiers on pairs.other_identifier = changed_identifiers.identifier
    where changed_identifiers.is_sharing_changed
),

persons as (
    select previous_person_id as person_id from changed_identifiers
    union
    select person_id from changed_identifiers
    union
    select identifiers.person_id
    from identifiers
    inner join neighbours on identifiers.identifier = neighbours.identifier
    union
    select person_id from new_sessions
    union
    select person_id from old_sessions
    union
    select person_id from {{ row_diff(ref('int_activities')) }} as activities
    union
    select person_id from {{ row_diff(ref('int_leads')) }} as leads
),

final as (
    select person_id from persons
    where person_id is not null
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select person_id from changed_identifiers
)

{%- endif %}

select * from final
