with

raw_rows as (
    select * from {{ source('standard', 'web_events') }}
),

final as (
    select
        event_id,
        occurred_at,
        anonymous_id,
        user_id,
        email,
        session_id,
        event_name,
        page_url,
        referrer_url,
        utm_source,
        utm_medium,
        coalesce(utm_campaign, utm_id) as utm_campaign,
        {{ content_or_term('utm_term') }} as utm_content,
        click_id_type,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
