with

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
),

identifiers as (
    select
        identifier,
        identifier_type,
        identifier_value,
        max(email_domain) as email_domain,
        count(other_identifier) as degree,
        min(first_seen_at) as first_seen_at
    from pairs
    group by identifier, identifier_type, identifier_value
),

final as (
    select
        identifier,
        identifier_type,
        identifier_value,
        email_domain,
        row_number() over (order by first_seen_at, identifier) as identifier_key,
        degree,
        degree > {{ var('identity_max_degree') }} as is_shared,
        first_seen_at
    from identifiers
)

select * from final
