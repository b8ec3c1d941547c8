{{ config(materialized='view') }}
with

feed_sessions as (
    select * from {{ ref('stg_standard__web_sessions') }}
    where
        started_at <= {{ as_of() }}
        {%- if is_partial_night() %}
        and (_built_at = {{ tonight() }} or {{ is_newly_visible('started_at') }})
        {%- endif %}
),

event_sessions as (
    select * from {{ ref('int_sessions_from_events') }}
    {%- if is_partial_night() %}
    where anonymous_id in (select anonymous_id from {{ ref('int_changed_visitors') }})
    {%- endif %}
),

unioned as (
    select
        session_id,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        landing_page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        click_id_type,
        started_at
    from feed_sessions
    union all
    select
        session_id,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        landing_page_url,
        referrer_url,
        null as utm_source,
        null as utm_medium,
        null as utm_campaign,
        null as utm_content,
        null as click_id_type,
        started_at
    from event_sessions
),

-- What the feed leaves empty is read from the landing page's address.
completed as (
    select
        session_id,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        started_at,
        {{ url_host('landing_page_url') }} as landing_host,
        {{ url_host('referrer_url') }} as any_referrer_host,
        coalesce(nullif(trim(utm_source), ''), {{ url_parameter('landing_page_url', 'utm_source') }}) as utm_source,
        coalesce(nullif(trim(utm_medium), ''), {{ url_parameter('landing_page_url', 'utm_medium') }}) as utm_medium,
        coalesce(nullif(trim(utm_campaign), ''), {{ url_parameter('landing_page_url', 'utm_campaign') }})
            as utm_campaign,
        coalesce(nullif(trim(utm_content), ''), {{ url_parameter('landing_page_url', 'utm_content') }}) as utm_content,
        coalesce(nullif(trim(click_id_type), ''), {{ click_id_in_url('landing_page_url') }}) as click_id_type
    from unioned
),

-- A visit that comes from the company's own pages came through no door.
doors as (
    select
        *,
        case
            when any_referrer_host = landing_host then null
            when any_referrer_host like '%.' || landing_host then null
            when landing_host like '%.' || any_referrer_host then null
            else any_referrer_host
        end as referrer_host
    from completed
),

final as (
    select
        session_id,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        referrer_host,
        click_id_type,
        {{ source_key(
            "'session'", 'utm_source', 'utm_medium', 'utm_campaign', 'referrer_host', 'click_id_type'
        ) }} as source_key,
        started_at
    from doors
)

select * from final
