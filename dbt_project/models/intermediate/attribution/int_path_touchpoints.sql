{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='conversion_id',
    changed_keys='int_changed_conversions'
) }}
with

conversions as (
    select * from {{ ref('int_conversions') }}
    where {{ is_changed('conversion_id', 'int_changed_conversions') }}
),

conversion_persons as (
    select * from {{ ref('int_conversion_persons') }}
),

-- Only somebody known converts.
touchpoints as (
    select * from {{ ref('int_identified_touchpoints') }}
),

in_window as (
    select
        conversions.conversion_id,
        conversions.conversion_type,
        conversions.conversion_at,
        conversions.lead_created_at,
        conversions.opportunity_created_at,
        touchpoints.touchpoint_id,
        touchpoints.source,
        touchpoints.campaign,
        touchpoints.is_direct,
        touchpoints.occurred_at
    from conversions
    inner join conversion_persons on conversions.conversion_id = conversion_persons.conversion_id
    inner join touchpoints
        on
            conversion_persons.person_id = touchpoints.person_id
            and touchpoints.occurred_at between conversions.window_starts_at and conversions.conversion_at
),

-- Direct touches earn credit only in a path without other touches, unless the policy keeps them.
paths as (
    select
        conversion_id,
        bool_and(is_direct) or '{{ var("direct_touch_policy") }}' = 'keep' as is_direct_kept,
        max(occurred_at) as last_touch_at,
        max(case when not is_direct then occurred_at end) as last_known_touch_at
    from in_window
    group by conversion_id
),

final as (
    select
        in_window.conversion_id,
        in_window.touchpoint_id,
        row_number() over (
            partition by in_window.conversion_id order by in_window.occurred_at, in_window.touchpoint_id
        ) as touch_number,
        in_window.conversion_type,
        in_window.source,
        in_window.campaign,
        in_window.conversion_at,
        in_window.lead_created_at,
        in_window.opportunity_created_at,
        cast(
            power(
                cast(0.5 as double),
                {{ seconds_between(
                    'in_window.occurred_at',
                    'case when paths.is_direct_kept then paths.last_touch_at else paths.last_known_touch_at end'
                ) }} / 86400.0 / {{ var('time_decay_half_life_days') }}
            ) as decimal(28, 20)
        ) as decay_weight,
        in_window.occurred_at
    from in_window
    inner join paths on in_window.conversion_id = paths.conversion_id
    where paths.is_direct_kept or not in_window.is_direct
    {{- collapse_repeats('in_window.conversion_id', 'in_window') }}
)

select * from final
