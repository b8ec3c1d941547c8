with

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
),

identifiers as (
    select * from {{ ref('int_identifiers') }}
    where not is_shared
),

final as (
    select distinct
        least(one.identifier_key, other.identifier_key) as from_key,
        greatest(one.identifier_key, other.identifier_key) as to_key
    from pairs
    inner join identifiers as one on pairs.identifier = one.identifier
    inner join identifiers as other on pairs.other_identifier = other.identifier
)

select * from final
