-- Most touches there are: visits of people who never say who they are, so that no conversion has them in its path.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ take_out('person_id in (select person_id from ' ~ ref('int_changed_persons') ~ ')') }}",
        "{{ take_out('touchpoint_id in (select ' ~ text_literal('session:') ~ ' || session_id from '
            ~ replaced(ref('int_sessions')) ~ ')') }}",
    ]
) }}
with

final as (
    {{ session_touches(ref('int_stranger_candidates')) }}
)

select * from final
