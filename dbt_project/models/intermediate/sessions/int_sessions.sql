-- Holds what is after `as_of` too, so that a later night need not look for it: readers take what is in view.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ set_aside('session_id in (select session_id from ' ~ ref('int_sessions_parsed')
        ~ ' union select session_id from ' ~ replaced(ref('int_sessions_from_events')) ~ ')') }}"
) }}
with

parsed as (
    select * from {{ ref('int_sessions_parsed') }}
    {%- if is_incremental() %}
    union all
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
        source_key,
        started_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from {{ replaced(this) }}
    -- Sessions made from events have no versions: they are made anew or gone.
    where _file is not null
    {%- endif %}
),

newest as (
    select * from parsed
    {{ newest_version(['session_id']) }}
),

final as (
    select
        *,
        {{ tonight() }} as _built_at
    from newest
)

select * from final
