-- A session of a linked visitor is a touch where its source can be told.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('person_id in (select person_id from ' ~ ref('int_changed_persons') ~ ')') }}"
) }}
with

final as (
    {{ session_touches(ref('int_sessions_with_person')) }}
)

select * from final
