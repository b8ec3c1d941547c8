{{ config(materialized='view') }}
with

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
),

final as (
    select
        conversion_id,
        count(*) as touch_count,
        min(touch_number) as first_touch,
        max(touch_number) as last_touch,
        max(case when occurred_at <= lead_created_at then touch_number end) as lead_creation_touch,
        max(case when occurred_at <= opportunity_created_at then touch_number end) as opportunity_creation_touch,
        sum(decay_weight) as decay_sum
    from path_touches
    group by conversion_id
)

select * from final
