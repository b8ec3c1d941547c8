-- A session counts from the moment that its browser and an e-mail of the person were observed together, directly or
-- through a user id: before that, nobody could know whose it was. Where that is not seen (a person of several e-mails,
-- a browser linked some other way) it counts from the person's last link. An activity with a date alone is known at the
-- end of that day.
with

touches as (
    select * from {{ ref('int_identified_touchpoints') }}
    where occurred_at <= {{ as_of() }}
),

leads as (
    select distinct person_id from {{ ref('int_leads') }}
),

sessions as (
    select * from {{ ref('int_sessions') }}
),

activities as (
    select * from {{ ref('int_activities') }}
),

pairs as (
    select * from {{ ref('int_identifier_pairs') }}
    where other_identifier is not null
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

browser_emails as (
    select
        identifier,
        other_identifier as email,
        first_seen_at as linked_at
    from pairs
    where identifier_type = 'anonymous' and other_identifier like 'email:%'
    union all
    select
        pairs.identifier,
        users.other_identifier as email,
        greatest(pairs.first_seen_at, users.first_seen_at) as linked_at
    from pairs
    inner join pairs as users on pairs.other_identifier = users.identifier
    where
        pairs.identifier_type = 'anonymous'
        and users.identifier_type = 'user'
        and users.other_identifier like 'email:%'
),

browsers as (
    select
        browser_emails.identifier,
        emails.person_id,
        min(browser_emails.linked_at) as linked_at
    from browser_emails
    inner join identifiers as emails on browser_emails.email = emails.identifier
    group by browser_emails.identifier, emails.person_id
),

persons as (
    select
        identifiers.person_id,
        count(distinct case when identifiers.identifier_type = 'email' then identifiers.identifier end) as emails,
        max(pairs.first_seen_at) as linked_at
    from identifiers
    inner join pairs on identifiers.identifier = pairs.identifier
    group by identifiers.person_id
),

final as (
    select
        touches.touchpoint_id,
        touches.person_id,
        touches.touch_type,
        touches.source,
        touches.occurred_at,
        greatest(
            touches.occurred_at,
            case when persons.emails = 1 and sessions.session_id is not null then browsers.linked_at end,
            case
                when sessions.session_id is not null and (persons.emails > 1 or browsers.linked_at is null)
                    then persons.linked_at
            end,
            activities.occurred_at
        ) as known_at
    from touches
    inner join leads on touches.person_id = leads.person_id
    left join sessions on touches.touchpoint_id = 'session:' || sessions.session_id
    left join activities on touches.touchpoint_id = 'activity:' || activities.activity_id
    left join browsers
        on 'anonymous:' || sessions.anonymous_id = browsers.identifier and touches.person_id = browsers.person_id
    left join persons on touches.person_id = persons.person_id
)

select * from final
