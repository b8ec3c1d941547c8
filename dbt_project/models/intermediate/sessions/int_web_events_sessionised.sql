{{ config(materialized='view') }}
with

events as (
    select * from {{ ref('int_unified__web_events') }}
    where occurred_at <= {{ as_of() }} and {{ is_changed('anonymous_id', 'int_changed_event_visitors') }}
),

feeds_with_sessions as (
    select distinct feed from {{ ref('int_unified__web_sessions') }}
    where started_at <= {{ as_of() }}
),

click_ids as (
    select array_agg(lower(click_id_type)) as names from {{ ref('click_ids') }}
),

addressed as (
    select events.*, click_ids.names as click_id_names, {{ url_query('events.page_url') }} as query
    from events cross join click_ids
    where events.feed not in (select feeds_with_sessions.feed from feeds_with_sessions)
),

tagged as (
    select
        *,
        nullif(concat_ws('', utm_source, utm_medium, utm_campaign, utm_content, click_id_type), '') as own_tags,
        coalesce(
            nullif(concat_ws(
                '|', {{ tag_or_parameter('utm_source', 'query') }}, {{ tag_or_parameter('utm_medium', 'query') }},
                {{ tag_or_parameter('utm_campaign', 'query') }}, {{ tag_or_parameter('utm_id', 'query', own=false) }},
                coalesce(nullif(trim(click_id_type), ''), {{ first_parameter_in('query', 'click_id_names') }})
            ), ''),
            {{ tag_or_parameter('utm_content', 'query') }}, {{ tag_or_parameter('utm_term', 'query', own=false) }}
        ) as any_tags
    from addressed
),

-- Of events at the same moment, as at a landing, the one that says most of the source comes first.
ordered as (
    select
        *,
        row_number() over (
            partition by anonymous_id
            order by
                occurred_at,
                case
                    when own_tags is not null then 0 when any_tags is not null then 1
                    when referrer_url is not null then 2 else 3
                end,
                event_id
        ) as event_number
    from tagged
),

-- A tracker that keeps tags beside the address does so in some events only: the others of that page say nothing new.
campaigns as (
    select
        *,
        case when own_tags is null and page_url = lag(page_url) over visitor then null else any_tags end as campaign
    from ordered
    window visitor as (partition by anonymous_id order by event_number)
),

-- The visitor's campaign, and the tracker's session, stay known until the next one.
numbered_marks as (
    select
        *,
        count(campaign) over visitor as campaign_number,
        count(session_id) over visitor as session_id_number,
        lag(occurred_at) over visitor as previous_at
    from campaigns
    window visitor as (partition by anonymous_id order by event_number)
),

known as (
    select
        *,
        max(campaign) over (partition by anonymous_id, campaign_number) as known_campaign,
        max(session_id) over (partition by anonymous_id, session_id_number) as known_session_id
    from numbered_marks
),

-- A session starts after inactivity, with another campaign than the known one, or where the tracker says so.
starts as (
    select
        *,
        case
            when previous_at is null then 1
            when {{ seconds_between('previous_at', 'occurred_at') }} > {{ var('session_timeout_minutes') }} * 60 then 1
            when campaign != coalesce(lag(known_campaign) over visitor, '') then 1
            when session_id != lag(known_session_id) over visitor then 1
            else 0
        end as is_start
    from known
    window visitor as (partition by anonymous_id order by event_number)
),

final as (
    select
        event_id,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        event_name,
        page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        click_id_type,
        occurred_at,
        is_start = 1 as is_start,
        sum(is_start) over so_far as session_number
    from starts
    window so_far as (partition by anonymous_id order by event_number rows between unbounded preceding and current row)
)

select * from final
