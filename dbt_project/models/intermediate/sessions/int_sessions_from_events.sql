{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='anonymous_id',
    changed_keys='int_changed_event_visitors',
    archive_deleted=true,
    post_hook="{{ empty_on_full_refresh() }}"
) }}
with

events as (
    select * from {{ ref('int_web_events_sessionised') }}
    where {{ is_changed('anonymous_id', 'int_changed_event_visitors') }}
),

-- Events that only identify the visitor make no session.
sessions as (
    select
        anonymous_id,
        session_number
    from events
    group by anonymous_id, session_number
    having max(case when event_name in ('identify', 'alias') then 0 else 1 end) = 1
),

-- The first record that says who it is: a later one may be of somebody else.
identified as (
    select
        anonymous_id,
        session_number,
        user_id,
        email_hash,
        email_domain
    from events
    where user_id is not null or email_hash is not null
    qualify row_number() over (partition by anonymous_id, session_number order by occurred_at, event_id) = 1
),

-- Pages that the company tracks are its own, whatever their domain.
page_hosts as (
    select distinct
        anonymous_id,
        {{ url_host('page_url') }} as host
    from events
),

final as (
    select
        'events:' || events.event_id as session_id,
        events.anonymous_id,
        identified.user_id,
        identified.email_hash,
        identified.email_domain,
        events.page_url as landing_page_url,
        case when page_hosts.host is null then events.referrer_url end as referrer_url,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.utm_content,
        events.click_id_type,
        events.occurred_at as started_at
    from events
    inner join sessions
        on events.anonymous_id = sessions.anonymous_id and events.session_number = sessions.session_number
    left join identified
        on events.anonymous_id = identified.anonymous_id and events.session_number = identified.session_number
    left join page_hosts
        on events.anonymous_id = page_hosts.anonymous_id and {{ url_host('events.referrer_url') }} = page_hosts.host
    where events.is_start
)

select * from final
