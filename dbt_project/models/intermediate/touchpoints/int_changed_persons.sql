-- Persons whose touches may differ from the previous run: their sessions, activities or leads changed, or their
-- identifiers were linked or unlinked.
with

changed_identifiers as (
    select * from {{ ref('int_changed_identifiers') }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

previous_identifiers as (
    select * from {{ source('previous_run', 'int_identifiers_stitched__previous') }}
),

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
),

changed_sessions as (
    select * from {{ ref('int_changed_sessions') }}
),

deleted_sessions as (
    select * from {{ source('previous_run', 'int_sessions__deleted') }}
),

new_sessions as (
    {{ session_persons('changed_sessions', 'identifiers') }}
),

old_sessions as (
    {{ session_persons('deleted_sessions', 'previous_identifiers') }}
),

-- Sessions of a device that became shared, or no longer is, may have moved to or from any identifier seen with it.
neighbours as (
    select pairs.other_identifier as identifier
    from pairs
    inner join changed_identifiers on pairs.identifier = changed_identifiers.identifier
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
    select person_id from {{ row_diff('int_activities') }} as activities
    union
    select person_id from {{ row_diff('int_leads') }} as leads
),

final as (
    select person_id from persons
    where {{ is_incremental_run() }} and person_id is not null
)

select * from final
