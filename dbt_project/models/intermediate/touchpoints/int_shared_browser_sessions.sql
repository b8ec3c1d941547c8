-- Who was at a shared browser: the one who gave a user id or e-mail in the session. Where the browser is that of
-- several people, else the one who was last known there before, else the first one after; else the browser itself.
with

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

sessions as (
    select * from {{ ref('int_sessions') }}
    where started_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('int_unified__web_events') }}
    where occurred_at <= {{ as_of() }} and (user_id is not null or email_hash is not null)
),

browsers as (
    select
        identifier_value as anonymous_id,
        person_id,
        shared_because
    from identifiers
    where identifier_type = 'anonymous' and is_shared
),

moments as (
    select anonymous_id, session_id, user_id, email_hash, started_at as seen_at from sessions
    union all
    select anonymous_id, null as session_id, user_id, email_hash, occurred_at as seen_at from events
),

known as (
    select
        moments.anonymous_id,
        moments.session_id,
        moments.seen_at,
        browsers.person_id as browser_person_id,
        browsers.shared_because,
        coalesce(by_user.person_id, by_email.person_id) as known_person_id
    from moments
    inner join browsers on moments.anonymous_id = browsers.anonymous_id
    left join identifiers as by_user
        on by_user.identifier_type = 'user' and not by_user.is_shared and moments.user_id = by_user.identifier_value
    left join identifiers as by_email
        on
            by_email.identifier_type = 'email'
            and not by_email.is_shared
            and moments.email_hash = by_email.identifier_value
),

-- An event at the moment a session starts is part of it.
neighbours as (
    select
        *,
        last_value(known_person_id ignore nulls) over (
            partition by anonymous_id order by seen_at asc, session_id asc nulls first, known_person_id asc
            rows between unbounded preceding and current row
        ) as person_id_before,
        first_value(known_person_id ignore nulls) over (
            partition by anonymous_id order by seen_at asc, session_id asc nulls first, known_person_id asc
            rows between current row and unbounded following
        ) as person_id_after
    from known
),

final as (
    select
        session_id,
        case
            when shared_because = 'several_people'
                then coalesce(known_person_id, person_id_before, person_id_after, browser_person_id)
            else coalesce(known_person_id, browser_person_id)
        end as person_id
    from neighbours
    where session_id is not null
)

select * from final
