{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='conversion_id',
    changed_keys='int_changed_conversions'
) }}
with

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
    where {{ is_changed('conversion_id', 'int_changed_conversions') }}
),

milestones as (
    select
        conversion_id,
        count(*) as touch_count,
        min(touch_number) as first_touch,
        max(case when occurred_at <= lead_created_at then touch_number end) as lead_creation_touch,
        max(case when occurred_at <= opportunity_created_at then touch_number end) as opportunity_creation_touch,
        max(touch_number) as last_touch,
        sum(decay_weight) as decay_sum
    from path_touches
    group by conversion_id
),

-- Milestones can fall on the same touch. A touch is known by the earliest of its roles.
final as (
    select
        conversion_id,
        touch_count,
        first_touch,
        lead_creation_touch,
        opportunity_creation_touch,
        last_touch,
        case
            when lead_creation_touch is null then 'none'
            when lead_creation_touch = first_touch then 'first'
            else 'lead_creation'
        end as lead_creation_role,
        case
            when opportunity_creation_touch is null then 'none'
            when opportunity_creation_touch = first_touch then 'first'
            when opportunity_creation_touch = lead_creation_touch then 'lead_creation'
            else 'opportunity_creation'
        end as opportunity_creation_role,
        case
            when last_touch = first_touch then 'first'
            when last_touch = lead_creation_touch then 'lead_creation'
            when last_touch = opportunity_creation_touch then 'opportunity_creation'
            else 'last'
        end as last_role,
        decay_sum
    from milestones
)

select * from final
