-- Holds what is after `as_of` too, so that a later night need not look for it: readers take what is in view.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ archive_and_delete('session_id in (select session_id from ' ~ ref('int_sessions_parsed')
        ~ ' union select session_id from ' ~ deleted_rows(ref('int_sessions_from_events')) ~ ')') }}"
) }}
{%- set versions = ref('int_sessions_parsed') %}
{%- if is_incremental() %}
{%- set versions %}
(
    select * from {{ ref('int_sessions_parsed') }}
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
    from {{ deleted_rows(this) }}
    -- Sessions made from events have no versions: they are made anew or gone.
    where _file is not null
)
{%- endset %}
{%- endif %}
with

-- Hardly any session comes twice, and telling versions apart costs a sort of wide rows: only those are sorted. No
-- import holds the versions: an engine would store it, as it is read three times.
repeated as (
    select versions.session_id
    from {{ versions }} as versions
    group by versions.session_id
    having count(*) > 1
),

newest as (
    select versions.*
    from {{ versions }} as versions
    where versions.session_id in (select repeated.session_id from repeated)
    {{ newest_version(['session_id']) }}
),

single as (
    select versions.*
    from {{ versions }} as versions
    left join repeated on versions.session_id = repeated.session_id
    where repeated.session_id is null
),

final as (
    select
        *,
        {{ tonight() }} as _built_at
    from single
    union all
    select
        *,
        {{ tonight() }} as _built_at
    from newest
)

select * from final
