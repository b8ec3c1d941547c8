with

pages as (
    select * from {{ source('segment', 'pages') }}
),

identifies as (
    select * from {{ source('segment', 'identifies') }}
),

tracks as (
    select * from {{ source('segment', 'tracks') }}
),

aliases as (
    select * from {{ source('segment', 'aliases') }}
),

calls as (
    {%- for call, event_name, url, referrer, email in [
        ('pages', "'page_view'", 'url', 'referrer', 'null'),
        ('identifies', "'identify'", 'null', 'null', 'email'),
        ('tracks', 'event', 'null', 'null', 'null'),
    ] %}
    select
        id,
        anonymous_id,
        user_id,
        coalesce({{ email }}, context_traits_email) as email,
        context_session_id,
        {{ event_name }} as event_name,
        coalesce({{ url }}, context_page_url) as page_url,
        coalesce({{ referrer }}, context_page_referrer) as referrer_url,
        context_campaign_source as utm_source,
        context_campaign_medium as utm_medium,
        context_campaign_name as utm_campaign,
        context_campaign_content as utm_content,
        timestamp,
        received_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from {{ call }}
    union all
    {%- endfor %}
    -- An alias call links the previous id to the user.
    select
        id,
        previous_id as anonymous_id,
        user_id,
        cast(null as varchar) as email,
        cast(null as varchar) as context_session_id,
        'alias' as event_name,
        cast(null as varchar) as page_url,
        cast(null as varchar) as referrer_url,
        cast(null as varchar) as utm_source,
        cast(null as varchar) as utm_medium,
        cast(null as varchar) as utm_campaign,
        cast(null as varchar) as utm_content,
        timestamp,
        received_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from aliases
),

-- A server may send the user id only: its calls count as one more device of the user.
final as (
    select
        {{ vendor_id('segment', 'id') }} as event_id,
        coalesce(timestamp, received_at) as occurred_at,
        coalesce(anonymous_id, 'user:' || user_id) as anonymous_id,
        user_id,
        email,
        {{ vendor_id('segment', "anonymous_id || '.' || context_session_id") }} as session_id,
        event_name,
        page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        cast(null as varchar) as click_id_type,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from calls
)

select * from final
