-- A visitor without an id of its own is known by the session, the user or the event alone.
-- An incremental run reads new files, and compares them with the versions of the same events in the table.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='event_id',
    archive_deleted=true,
    post_hook="{{ empty_on_full_refresh() }}"
) }}
with

raw_rows as (
    select * from {{ all_feeds('web_events') }} as feeds
    where {{ is_new_file('web_events') }}
),

cleaned as (
    select
        event_id,
        feed,
        coalesce(
            {{ without_placeholder('anonymous_id', "'user:'") }},
            'session:' || {{ without_placeholder('session_id', "feed || ':'") }},
            'user:' || {{ without_placeholder('user_id') }},
            'event:' || event_id
        ) as anonymous_id,
        {{ without_placeholder('user_id') }} as user_id,
        {{ email_identifier('email') }} as email_hash,
        {{ email_domain('email') }} as email_domain,
        {{ without_placeholder('session_id', "feed || ':'") }} as session_id,
        event_name,
        page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        click_id_type,
        {{ moment('occurred_at', start=true) }} as occurred_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
    {%- if is_incremental() %}
    union all
    select
        event_id,
        feed,
        anonymous_id,
        user_id,
        email_hash,
        email_domain,
        session_id,
        event_name,
        page_url,
        referrer_url,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        click_id_type,
        occurred_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from {{ rows_with_keys(this, 'event_id', 'select event_id from raw_rows') }} as former
    {%- endif %}
),

newest as (
    select * from cleaned
    {{ newest_version(['event_id']) }}
),

final as (
    select
        *,
        {{ this_run() }} as _built_at
    from newest
)

select * from final
