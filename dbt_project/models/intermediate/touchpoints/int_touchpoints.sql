{{ config(materialized='view') }}
with

final as (
    select * from {{ ref('int_identified_touchpoints') }}
    union all
    select
        touchpoint_id,
        person_id,
        person_type,
        touch_type,
        source,
        medium,
        campaign,
        content,
        is_direct,
        source_key,
        occurred_at
    from {{ ref('int_anonymous_touchpoints') }}
)

select * from final
