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
    select * from {{ ref('int_unified__web_events') }}
    where occurred_at <= {{ as_of() }} and {{ is_changed('anonymous_id', 'int_changed_event_visitors') }}
),

feeds_with_sessions as (
    select distinct feed from {{ ref('int_unified__web_sessions') }}
    where started_at <= {{ as_of() }}
),

unsessioned as (
    select * from events
    where feed not in (select feeds_with_sessions.feed from feeds_with_sessions)
),

tagged as (
    select
        *,
        nullif(concat_ws('', utm_source, utm_medium, utm_campaign, utm_content, click_id_type), '') as own_tags,
        nullif(
            concat_ws(
                '|',
                {{ tag_or_parameter('utm_source', 'page_url') }},
                {{ tag_or_parameter('utm_medium', 'page_url') }},
                {{ tag_or_parameter('utm_campaign', 'page_url') }},
                coalesce(nullif(trim(click_id_type), ''), {{ click_id_in_url('page_url') }})
            ),
            ''
        ) as any_tags
    from unsessioned
),

-- Of what a tracker sends at one moment, as for a landing, that which says most of the door comes first.
ordered as (
    select
        *,
        row_number() over (
            partition by anonymous_id
            order by
                occurred_at,
                case
                    when own_tags is not null then 0
                    when any_tags is not null then 1
                    when referrer_url is not null then 2
                    else 3
                end,
                event_id
        ) as place
    from tagged
),

-- A tracker that keeps tags beside the address does so with some events only: the others on that page say nothing new.
campaigns as (
    select
        *,
        case
            when own_tags is null and page_url = lag(page_url) over (partition by anonymous_id order by place) then null
            else any_tags
        end as campaign_mark
    from ordered
),

-- The campaign a visitor came by, and the tracker's session, stay known until the next one.
marked as (
    select
        *,
        count(campaign_mark) over (
            partition by anonymous_id order by place
            rows between unbounded preceding and current row
        ) as mark_number,
        count(session_id) over (
            partition by anonymous_id order by place
            rows between unbounded preceding and current row
        ) as session_id_number
    from campaigns
),

known as (
    select
        *,
        max(campaign_mark) over (partition by anonymous_id, mark_number) as known_campaign_mark,
        max(session_id) over (partition by anonymous_id, session_id_number) as known_session_id
    from marked
),

neighbours as (
    select
        *,
        lag(occurred_at) over (partition by anonymous_id order by place) as previous_at,
        lag(known_session_id) over (partition by anonymous_id order by place) as previous_session_id,
        lag(known_campaign_mark) over (partition by anonymous_id order by place) as previous_campaign_mark
    from known
),

-- A session starts after silence, with a campaign other than the one the visitor came by, or where the tracker says so.
starts as (
    select
        *,
        case
            when previous_at is null then 1
            when {{ seconds_between('previous_at', 'occurred_at') }} > {{ var('session_timeout_minutes') }} * 60 then 1
            when campaign_mark != coalesce(previous_campaign_mark, '') then 1
            when session_id != previous_session_id then 1
            else 0
        end as is_start
    from neighbours
),

numbered as (
    select
        *,
        sum(is_start) over (
            partition by anonymous_id order by place
            rows between unbounded preceding and current row
        ) as session_number
    from starts
),

identified as (
    select
        anonymous_id,
        session_number,
        max(user_id) as user_id,
        max(email_hash) as email_hash,
        max(email_domain) as email_domain,
        max(case when event_name in ('identify', 'alias') then 0 else 1 end) as is_visit
    from numbered
    group by anonymous_id, session_number
),

first_events as (
    select * from numbered
    where is_start = 1
),

final as (
    select
        'events:' || first_events.event_id as session_id,
        first_events.anonymous_id,
        identified.user_id,
        identified.email_hash,
        identified.email_domain,
        first_events.page_url as landing_page_url,
        first_events.referrer_url,
        first_events.utm_source,
        first_events.utm_medium,
        first_events.utm_campaign,
        first_events.utm_content,
        first_events.click_id_type,
        first_events.occurred_at as started_at
    from first_events
    inner join identified
        on
            first_events.anonymous_id = identified.anonymous_id
            and first_events.session_number = identified.session_number
    -- Only to say who somebody is, is no visit.
    where identified.is_visit = 1
)

select * from final
