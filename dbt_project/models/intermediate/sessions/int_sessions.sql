-- Holds sessions after `as_of` too, so that a later run need not look for them: readers filter.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='session_id',
    changed_keys='int_sessions_from_events__deleted',
    archive_deleted=true,
    post_hook="{{ empty_on_full_refresh() }}"
) }}
-- depends_on: {{ source('previous_run', 'int_sessions_from_events__deleted') }}
{%- set versions = ref('int_sessions_parsed') %}
{%- if is_incremental() %}
{%- set versions = '(select * from ' ~ versions ~ ' union all select * from former_versions)' %}
{%- endif %}
with

{%- if is_incremental() %}

-- Sessions from events have no versions: they are rebuilt or gone.
former_versions as (
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
    from {{ rows_with_keys(this, 'session_id', 'select session_id from ' ~ ref('int_sessions_parsed')) }} as sessions
    where _file is not null
),

{%- endif %}

-- Few sessions have two versions, and choosing between versions costs a sort of wide rows: only those are sorted. No
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
        {{ this_run() }} as _built_at
    from single
    union all
    select
        *,
        {{ this_run() }} as _built_at
    from newest
)

select * from final
