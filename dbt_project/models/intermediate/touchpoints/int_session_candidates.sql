{{ config(materialized='view') }}
-- Sessions with their person; on a partial night those of changed persons only.
with

{%- if is_partial_night() %}

changed_persons as (
    select * from {{ ref('int_changed_persons') }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
    where identifier_type = 'anonymous'
),

-- Every anonymous id behind which a changed person may be; behind a kiosk anybody may.
visitors as (
    select 'anonymous:' || anonymous_id as identifier from {{ ref('int_changed_visitors') }}
    union
    select identifier from {{ ref('int_changed_identifiers') }}
    union
    select identifiers.identifier
    from identifiers
    left join changed_persons on identifiers.person_id = changed_persons.person_id
    where identifiers.is_shared or changed_persons.person_id is not null
),

sessions as (
    select * from {{ ref('int_sessions') }}
    where
        started_at <= {{ as_of() }}
        and anonymous_id in (select substr(identifier, 11) from visitors where identifier like 'anonymous:%')
),

persons as (
    {{ session_persons('sessions', ref('int_identifiers_stitched')) }}
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
    {{ session_persons('sessions', ref('int_identifiers_stitched')) }}
)

{%- endif %}

select * from final
