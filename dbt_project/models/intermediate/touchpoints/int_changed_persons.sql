-- Persons whose touches may differ from the previous run: their sessions, activities or leads changed, or their
-- identifiers were linked or unlinked. May list more persons than that.
with

changed_identifiers as (
    select * from {{ ref('int_changed_identifiers') }}
),

identifiers as (
    select identifier, person_id from {{ ref('int_identifiers_stitched') }}
    union all
    select identifier, person_id from {{ source('previous_run', 'int_identifiers_stitched__previous') }}
),

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
),

changed_visitors as (
    select 'anonymous:' || anonymous_id as identifier from {{ ref('int_changed_visitors') }}
    union
    select identifier from changed_identifiers
    where is_sharing_changed
    union
    select pairs.other_identifier as identifier
    from pairs
    inner join changed_identifiers on pairs.identifier = changed_identifiers.identifier
    where changed_identifiers.is_sharing_changed and pairs.other_identifier like 'anonymous:%'
),

removed_records as (
    select user_id, email_hash from {{ source('previous_run', 'int_sessions__deleted') }}
    union all
    select user_id, email_hash from {{ source('previous_run', 'int_unified__web_events__deleted') }}
),

-- At a shared browser, a change may give sessions to, or take them from, anybody who is or was seen there.
affected_identifiers as (
    select identifier from changed_visitors
    union
    select pairs.other_identifier as identifier
    from pairs
    inner join changed_visitors on pairs.identifier = changed_visitors.identifier
    where pairs.other_identifier is not null
    union
    select 'user:' || user_id as identifier from removed_records
    union
    select 'email:' || email_hash as identifier from removed_records
),

persons as (
    select previous_person_id as person_id from changed_identifiers
    union
    select person_id from changed_identifiers
    union
    select identifiers.person_id
    from identifiers
    inner join affected_identifiers on identifiers.identifier = affected_identifiers.identifier
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
