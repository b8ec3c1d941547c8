{#-
    Sessions of linked visitors with their person. Behind a shared anonymous id (a kiosk) the person is whoever gave a
    name in that session, else the kiosk itself. Visitors that nobody ever named are not here: each is a stranger.

    `sessions` needs anonymous_id, user_id and email_hash; `identifiers` is int_identifiers_stitched, of tonight or as
    it was.
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
        on 'anonymous:' || sessions.anonymous_id = by_anonymous.identifier
    left join {{ identifiers }} as by_user
        on case when by_anonymous.is_shared then 'user:' || sessions.user_id end = by_user.identifier
    left join {{ identifiers }} as by_email
        on case when by_anonymous.is_shared then 'email:' || sessions.email_hash end = by_email.identifier
{%- endmacro %}
