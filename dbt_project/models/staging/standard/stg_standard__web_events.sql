with

raw_rows as (
    select * from {{ source('standard', 'web_events') }}
),

newest as (
    select * from raw_rows
    {{ newest_version(['event_id']) }}
),

final as (
    select
        event_id,
        anonymous_id,
        user_id,
        {{ hashed_email('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        session_id,
        event_name,
        page_url,
        referrer_url,
        occurred_at
    from newest
    where occurred_at <= {{ as_of() }}
)

select * from final
