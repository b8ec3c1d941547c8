-- Both ways round, so that all identifiers seen with one are found by one column.
{%- set identifiers = {
    'anonymous': 'anonymous_id', 'user': 'user_id', 'email': 'email_hash', 'lead': 'lead_id',
} %}
{%- set seen_together = [('anonymous', 'user'), ('anonymous', 'email'), ('user', 'email'), ('lead', 'email')] %}
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

observations as (
    select anonymous_id, user_id, email_hash, cast(null as varchar) as lead_id, email_domain, first_seen_at as seen_at
    from visitors
    union all
    select null as anonymous_id, null as user_id, email_hash, lead_id, email_domain, created_at as seen_at from leads
    union all
    select null as anonymous_id, null as user_id, email_hash, lead_id, email_domain, occurred_at as seen_at
    from activities
),

pairs as (
    {%- for type, column in identifiers.items() %}
    select
        '{{ type }}' as identifier_type,
        {{ column }} as identifier_value,
        cast(null as varchar) as other_identifier,
        {{ 'email_domain' if type == 'email' else 'cast(null as varchar)' }} as email_domain,
        seen_at
    from observations
    where {{ column }} is not null
    union all
    {%- endfor %}
    {%- for one, other in seen_together %}
    {%- for type, other_type in [(one, other), (other, one)] %}
    select
        '{{ type }}' as identifier_type,
        {{ identifiers[type] }} as identifier_value,
        '{{ other_type }}:' || {{ identifiers[other_type] }} as other_identifier,
        cast(null as varchar) as email_domain,
        seen_at
    from observations
    where {{ identifiers[type] }} is not null and {{ identifiers[other_type] }} is not null
    {{- ' union all' if not loop.last }}
    {%- endfor %}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        identifier_type || ':' || identifier_value as identifier,
        identifier_type,
        identifier_value,
        other_identifier,
        max(email_domain) as email_domain,
        min(seen_at) as first_seen_at
    from pairs
    group by identifier_type, identifier_value, other_identifier
)

select * from final
