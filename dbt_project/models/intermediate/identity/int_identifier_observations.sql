with

visitors as (
    select * from {{ ref('int_visitor_observations') }}
),

leads as (
    select * from {{ ref('int_unified__leads') }}
),

activities as (
    select * from {{ ref('int_unified__activities') }}
),

unioned as (
    select
        'anonymous:' || anonymous_id as anonymous_identifier,
        'user:' || user_id as user_identifier,
        'email:' || email_hash as email_identifier,
        cast(null as varchar) as lead_identifier,
        email_domain,
        first_seen_at as seen_at
    from visitors
    union all
    select
        cast(null as varchar) as anonymous_identifier,
        cast(null as varchar) as user_identifier,
        'email:' || email_hash as email_identifier,
        'lead:' || lead_id as lead_identifier,
        email_domain,
        created_at as seen_at
    from leads
    union all
    select
        cast(null as varchar) as anonymous_identifier,
        cast(null as varchar) as user_identifier,
        'email:' || email_hash as email_identifier,
        'lead:' || lead_id as lead_identifier,
        email_domain,
        occurred_at as seen_at
    from activities
),

final as (
    select
        anonymous_identifier,
        user_identifier,
        email_identifier,
        lead_identifier,
        max(email_domain) as email_domain,
        min(seen_at) as first_seen_at
    from unioned
    group by anonymous_identifier, user_identifier, email_identifier, lead_identifier
)

select * from final
