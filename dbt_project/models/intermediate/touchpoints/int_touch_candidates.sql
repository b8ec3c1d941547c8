with

sessions as (
    select * from {{ ref('int_sessions') }}
),

activities as (
    select * from {{ ref('int_activities') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

-- Behind a shared anonymous id (a kiosk) the person is whoever gave a name in that session, else the kiosk itself.
session_persons as (
    select
        sessions.*,
        case
            when not by_anonymous.is_shared then by_anonymous.person_id
            when not by_user.is_shared then by_user.person_id
            when not by_email.is_shared then by_email.person_id
            else by_anonymous.person_id
        end as person_id
    from sessions
    inner join identifiers as by_anonymous on 'anonymous:' || sessions.anonymous_id = by_anonymous.identifier
    left join identifiers as by_user on 'user:' || sessions.user_id = by_user.identifier
    left join identifiers as by_email on 'email:' || sessions.email_hash = by_email.identifier
),

unioned as (
    select
        'session:' || session_persons.session_id as touchpoint_id,
        session_persons.person_id,
        person_accounts.account_id,
        'session' as touch_type,
        cast(null as varchar) as direction,
        session_persons.source_key,
        session_persons.utm_medium as medium,
        session_persons.utm_campaign as campaign,
        session_persons.utm_content as content,
        session_persons.started_at as occurred_at
    from session_persons
    left join person_accounts on session_persons.person_id = person_accounts.person_id
    union all
    select
        'activity:' || activity_id as touchpoint_id,
        person_id,
        account_id,
        activity_type as touch_type,
        direction,
        source_key,
        cast(null as varchar) as medium,
        crm_campaign as campaign,
        cast(null as varchar) as content,
        occurred_at
    from activities
    union all
    select
        'lead:' || lead_id as touchpoint_id,
        person_id,
        person_account_id as account_id,
        'lead_created' as touch_type,
        cast(null as varchar) as direction,
        source_key,
        crm_medium as medium,
        crm_campaign as campaign,
        crm_content as content,
        created_at as occurred_at
    from leads
),

final as (
    select
        touchpoint_id,
        person_id,
        account_id,
        touch_type,
        direction,
        source_key,
        medium,
        campaign,
        content,
        occurred_at
    from unioned
)

select * from final
