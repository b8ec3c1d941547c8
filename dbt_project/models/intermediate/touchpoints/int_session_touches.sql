-- A session of a linked visitor is a touch where its source can be told.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ take_out('person_id in (select person_id from ' ~ ref('int_changed_persons') ~ ')') }}"
) }}
with

final as (
    {{ session_touches(ref('int_session_candidates')) }}
)

select * from final
