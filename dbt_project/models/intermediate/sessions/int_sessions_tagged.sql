{{ config(materialized='view') }}
with

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
        started_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from {{ ref('int_unified__web_sessions') }}
    where {{ is_new_file('web_sessions') }}
    union all
    select
        *,
        cast(null as varchar) as _file,
        cast(null as timestamp) as _landed_at,
        cast(null as bigint) as file_row_number,
        cast(null as varchar) as _checksum
    from {{ ref('int_sessions_from_events') }}
    where {{ is_changed('anonymous_id', 'int_changed_event_visitors') }}
),

click_ids as (
    select array_agg(lower(click_id_type)) as names from {{ ref('click_ids') }}
),

-- Only a session that may come from one of the company's own pages is asked for its landing host.
addressed as (
    select
        unioned.*,
        click_ids.names as click_id_names,
        {{ url_query('unioned.landing_page_url') }} as landing_query,
        case
            when
                unioned.referrer_url is not null or lower(unioned.utm_medium) = 'referral'
                or instr(lower(unioned.landing_page_url), 'medium=referral') > 0
                then {{ url_host('unioned.landing_page_url') }}
        end as landing_host,
        {{ url_host('unioned.referrer_url') }} as any_referrer_host
    from unioned
    cross join click_ids
),

-- What the feed leaves empty is read from the address of the landing page.
completed as (
    select
        session_id,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        {{ tag_or_parameter('utm_source', 'landing_query') }} as utm_source,
        {{ tag_or_parameter('utm_medium', 'landing_query') }} as utm_medium,
        coalesce(
            {{ tag_or_parameter('utm_campaign', 'landing_query') }},
            {{ tag_or_parameter('utm_id', 'landing_query', own=false) }}
        ) as utm_campaign,
        {{ tag_or_parameter('utm_content', 'landing_query') }} as utm_content,
        coalesce(
            lower(nullif(trim(click_id_type), '')), {{ first_parameter_in('landing_query', 'click_id_names') }}
        ) as click_id_type,
        landing_query,
        landing_host,
        any_referrer_host,
        started_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from addressed
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
        {{ content_or_term(tag_or_parameter('utm_term', 'landing_query', own=false)) }} as utm_content,
        click_id_type,
        landing_host,
        any_referrer_host,
        started_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from completed
)

select * from final
