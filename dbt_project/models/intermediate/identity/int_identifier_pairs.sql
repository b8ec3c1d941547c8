with

sightings as (
    select * from {{ ref('int_identifier_observations') }}
),

pairs as (
    select anonymous_identifier as identifier, user_identifier as other_identifier from sightings
    union
    select anonymous_identifier as identifier, email_identifier as other_identifier from sightings
    union
    select user_identifier as identifier, email_identifier as other_identifier from sightings
    union
    select lead_identifier as identifier, email_identifier as other_identifier from sightings
),

final as (
    select
        identifier,
        other_identifier
    from pairs
    where identifier is not null and other_identifier is not null
)

select * from final
