-- A log of runs: it is kept on a full refresh.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['merged_at', 'previous_person_id', 'person_id'],
    on_schema_change='fail',
    full_refresh=false
) }}
with

changed_identifiers as (
    select * from {{ ref('int_changed_identifiers') }}
),

final as (
    select
        {{ as_of() }} as merged_at,
        previous_person_id,
        person_id,
        count(*) as identifiers
    from changed_identifiers
    where previous_person_id != person_id
    group by previous_person_id, person_id
)

select * from final
