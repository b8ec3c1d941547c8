with

raw_rows as (
    select * from {{ source('standard', 'web_sessions') }}
),

newest as (
    select * from raw_rows
    {{ newest_version(['session_id']) }}
),

final as (
    select
        session_id,
        anonymous_id,
        user_id,
        {{ hashed_email('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        landing_page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        click_id_type,
        country,
        started_at
    from newest
    where started_at <= {{ as_of() }}
)

select * from final
