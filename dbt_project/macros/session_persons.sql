{#-
    Sessions of linked visitors with their person. Of a shared device the person is the one who was identified in that
    session, else the device itself. Visitors who were never identified are not here: each is an anonymous visitor.

    `sessions` needs anonymous_id, user_id and email_hash; `identifiers` is int_identifiers_stitched, as it is or as the
    previous run left it.
-#}
{% macro session_persons(sessions, identifiers) -%}
    select
        sessions.*,
        case
            when not by_anonymous.is_shared then by_anonymous.person_id
            when not by_user.is_shared then by_user.person_id
            when not by_email.is_shared then by_email.person_id
            else by_anonymous.person_id
        end as person_id
    from {{ sessions }} as sessions
    inner join {{ identifiers }} as by_anonymous
        on by_anonymous.identifier_type = 'anonymous' and sessions.anonymous_id = by_anonymous.identifier_value
    left join {{ identifiers }} as by_user
        on
            by_user.identifier_type = 'user'
            and case when by_anonymous.is_shared then sessions.user_id end = by_user.identifier_value
    left join {{ identifiers }} as by_email
        on
            by_email.identifier_type = 'email'
            and case when by_anonymous.is_shared then sessions.email_hash end = by_email.identifier_value
{%- endmacro %}
