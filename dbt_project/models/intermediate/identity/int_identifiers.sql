with

sightings as (
    select * from {{ ref('int_identifier_observations') }}
),

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
),

appearances as (
    select
        anonymous_identifier as identifier,
        'anonymous' as identifier_type,
        cast(null as varchar) as email_domain,
        first_seen_at
    from sightings
    union all
    select
        user_identifier as identifier,
        'user' as identifier_type,
        cast(null as varchar) as email_domain,
        first_seen_at
    from sightings
    union all
    select
        email_identifier as identifier,
        'email' as identifier_type,
        email_domain,
        first_seen_at
    from sightings
    union all
    select
        lead_identifier as identifier,
        'lead' as identifier_type,
        cast(null as varchar) as email_domain,
        first_seen_at
    from sightings
),

identifiers as (
    select
        identifier,
        identifier_type,
        max(email_domain) as email_domain,
        min(first_seen_at) as first_seen_at
    from appearances
    where identifier is not null
    group by identifier, identifier_type
),

-- A pair is there one way round.
neighbours as (
    select identifier, other_identifier from pairs
    union all
    select other_identifier as identifier, identifier as other_identifier from pairs
),

degrees as (
    select
        identifier,
        count(*) as degree
    from neighbours
    group by identifier
),

final as (
    select
        identifiers.identifier,
        identifiers.identifier_type,
        identifiers.email_domain,
        row_number() over (order by identifiers.first_seen_at, identifiers.identifier) as identifier_key,
        coalesce(degrees.degree, 0) as degree,
        coalesce(degrees.degree, 0) > {{ var('identity_max_degree') }} as is_shared,
        identifiers.first_seen_at
    from identifiers
    left join degrees on identifiers.identifier = degrees.identifier
)

select * from final
