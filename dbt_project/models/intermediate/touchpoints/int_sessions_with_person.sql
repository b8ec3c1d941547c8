-- Sessions of linked visitors with their person; on a partial night those of changed persons only.
{{ config(materialized='view') }}
with

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

{%- if is_incremental_run() %}

changed_persons as (
    select * from {{ ref('int_changed_persons') }}
),

-- Every anonymous id behind which a changed person may be; behind a kiosk anybody may.
visitors as (
    select identifiers.identifier_value as anonymous_id
    from identifiers
    left join changed_persons on identifiers.person_id = changed_persons.person_id
    where
        identifiers.identifier_type = 'anonymous'
        and (identifiers.is_shared or changed_persons.person_id is not null)
),

sessions as (
    select * from {{ ref('int_sessions') }}
    where
        started_at <= {{ as_of() }}
        and anonymous_id in (select anonymous_id from visitors)
),

persons as (
    {{ session_persons('sessions', 'identifiers') }}
),

final as (
    select * from persons
    where person_id in (select person_id from changed_persons)
)

{%- else %}

sessions as (
    select * from {{ ref('int_sessions') }}
    where started_at <= {{ as_of() }}
),

final as (
    {{ session_persons('sessions', 'identifiers') }}
)

{%- endif %}

select * from final
