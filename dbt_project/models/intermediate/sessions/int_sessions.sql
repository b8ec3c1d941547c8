-- Holds what is after `as_of` too, so that a later night need not look for it: readers take what is in view.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ set_aside('session_id in (select session_id from ' ~ ref('int_sessions_parsed')
        ~ ' union select session_id from ' ~ replaced(ref('int_sessions_from_events')) ~ ')') }}"
) }}
{#- Not through one import: an engine would store what an import that is read three times holds. -#}
{%- set versions %}
    select * from {{ ref('int_sessions_parsed') }}
    {%- if is_incremental() %}
    union all
    select * exclude (_built_at, _place) from {{ replaced(this) }}
    -- Sessions made from events have no versions: they are made anew or gone.
    where _file is not null
    {%- endif %}
{%- endset %}
with

-- Hardly any session comes twice, and telling versions apart costs a sort of wide rows: only those are sorted.
repeated as (
    select session_id
    from ({{ versions }}) as versions
    group by session_id
    having count(*) > 1
),

newest as (
    select versions.*
    from ({{ versions }}) as versions
    where versions.session_id in (select session_id from repeated)
    {{ newest_version(['session_id']) }}
),

single as (
    select versions.*
    from ({{ versions }}) as versions
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
