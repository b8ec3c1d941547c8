with

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
    where is_shared
),

final as (
    select
        {{ salted_hash('identifier') }} as identifier_hash,
        identifier_type,
        shared_because,
        cast(degree as bigint) as degree,
        {{ reporting_date('first_seen_at') }} as first_seen_on
    from identifiers
)

select * from final
