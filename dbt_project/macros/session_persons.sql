{#-
    Sessions with their person. A visitor whose anonymous id was never linked is a person of its own. Behind a shared
    anonymous id (a kiosk) the person is whoever gave a name in that session, else the kiosk itself.

    `sessions` needs session_id, anonymous_id, user_id and email_hash; `identifiers` is int_identifiers_stitched, of
    tonight or as it was.
-#}
{% macro session_persons(sessions, identifiers) -%}
    select
        sessions.*,
        coalesce(
            case
                when not by_anonymous.is_shared then by_anonymous.person_id
                when not by_user.is_shared then by_user.person_id
                when not by_email.is_shared then by_email.person_id
                else by_anonymous.person_id
            end,
            {{ salted_hash("'anonymous:' || sessions.anonymous_id") }}
        ) as person_id
    from {{ sessions }} as sessions
    left join {{ identifiers }} as by_anonymous
        on 'anonymous:' || sessions.anonymous_id = by_anonymous.identifier
    left join {{ identifiers }} as by_user
        on case when by_anonymous.is_shared then 'user:' || sessions.user_id end = by_user.identifier
    left join {{ identifiers }} as by_email
        on case when by_anonymous.is_shared then 'email:' || sessions.email_hash end = by_email.identifier
{%- endmacro %}
