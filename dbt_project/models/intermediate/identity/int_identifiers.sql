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

judged as (
    select
        *,
        case
            when identifier_type = 'email' and identifier_value like 'role_mailbox:%' then 'role_mailbox'
            when degree > {{ var('identity_max_degree') }} then 'many_identifiers'
        end as shared_because
    from identifiers
),

final as (
    select
        identifier,
        identifier_type,
        identifier_value,
        email_domain,
        row_number() over (order by first_seen_at, identifier) as identifier_key,
        degree,
        shared_because,
        shared_because is not null as is_shared,
        first_seen_at
    from judged
)

select * from final
