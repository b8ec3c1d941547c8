with

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

previous_identifiers as (
    select * from {{ source('previous_run', 'int_identifiers_stitched__previous') }}
),

-- A visitor without a link was a person of its own; leads, users and e-mails always have a person.
final as (
    select
        coalesce(identifiers.identifier, previous_identifiers.identifier) as identifier,
        coalesce(
            previous_identifiers.person_id,
            case when identifiers.identifier_type = 'anonymous' then {{ salted_hash('identifiers.identifier') }} end
        ) as previous_person_id,
        coalesce(
            identifiers.person_id,
            case
                when previous_identifiers.identifier_type = 'anonymous'
                    then {{ salted_hash('previous_identifiers.identifier') }}
            end
        ) as person_id,
        coalesce(identifiers.shared_because, '') != coalesce(previous_identifiers.shared_because, '')
            as is_sharing_changed
    from identifiers
    full outer join previous_identifiers on identifiers.identifier = previous_identifiers.identifier
    where
        {{ is_incremental_run() }}
        and (
            identifiers.person_id is distinct from previous_identifiers.person_id
            or identifiers.shared_because is distinct from previous_identifiers.shared_because
        )
)

select * from final
