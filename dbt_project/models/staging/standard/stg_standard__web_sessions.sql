with

raw_rows as (
    select * from {{ source('standard', 'web_sessions') }}
),

final as (
    select
        session_id,
        started_at,
        anonymous_id,
        user_id,
        email,
        landing_page_url,
        referrer_url,
        utm_source,
        utm_medium,
        coalesce(utm_campaign, utm_id) as utm_campaign,
        {{ content_or_term('utm_term') }} as utm_content,
        click_id_type,
        country,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
