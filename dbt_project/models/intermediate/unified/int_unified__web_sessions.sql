-- Every version of a session: int_sessions keeps the newest, after the long addresses have been parsed.
{{ config(materialized='view') }}
with

raw_rows as (
    select * from {{ all_feeds('web_sessions') }} as feeds
),

final as (
    select
        session_id,
        feed,
        coalesce({{ without_placeholder('anonymous_id', "'user:'") }}, 'session:' || session_id) as anonymous_id,
        {{ without_placeholder('user_id') }} as user_id,
        {{ email_identifier('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        landing_page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        click_id_type,
        country,
        {{ moment('started_at', start=true) }} as started_at,
        _checksum,
        _file,
        _landed_at,
        file_row_number
    from raw_rows
)

select * from final
