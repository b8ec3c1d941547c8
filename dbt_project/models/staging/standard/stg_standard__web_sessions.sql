{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ set_aside('session_id in (select session_id from ' ~ source('standard', 'web_sessions')
        ~ ' where ' ~ is_new_file() ~ ')') }}"
) }}
with

raw_rows as (
    select * from {{ source('standard', 'web_sessions') }}
    {%- if is_incremental() %}
    where {{ is_new_file() }}
    {%- endif %}
),

cleaned as (
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
        started_at,
        _file,
        _landed_at,
        file_row_number
    from raw_rows
    {%- if is_incremental() %}
    union all
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
        utm_term,
        click_id_type,
        country,
        started_at,
        _file,
        _landed_at,
        file_row_number
    from {{ replaced(this) }}
    {%- endif %}
),

newest as (
    select * from cleaned
    {{ newest_version(['session_id']) }}
),

final as (
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
        utm_term,
        click_id_type,
        country,
        started_at,
        _file,
        _landed_at,
        file_row_number,
        {{ tonight() }} as _built_at
    from newest
)

select * from final
