-- A session of a linked visitor is a touch where its source can be told.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='person_id',
    changed_keys='int_changed_persons'
) }}
-- depends_on: {{ ref('int_changed_persons') }}
with

final as (
    {{ session_touches(ref('int_sessions_with_person')) }}
)

select * from final
