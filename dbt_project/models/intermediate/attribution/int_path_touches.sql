with

conversions as (
    select * from {{ ref('int_conversions') }}
),

units as (
    select * from {{ ref('int_conversion_units') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints') }}
),

unit_windows as (
    select
        units.unit_type,
        units.unit_id,
        conversions.conversion_id,
        conversions.window_starts_at,
        conversions.conversion_at,
        conversions.lead_created_at,
        conversions.opportunity_created_at
    from units
    inner join conversions on units.conversion_id = conversions.conversion_id
),

in_window as (
    select
        unit_windows.conversion_id,
        unit_windows.conversion_at,
        unit_windows.lead_created_at,
        unit_windows.opportunity_created_at,
        touchpoints.touchpoint_id,
        touchpoints.touch_number,
        touchpoints.source,
        touchpoints.campaign,
        touchpoints.is_direct,
        touchpoints.occurred_at
    from unit_windows
    inner join touchpoints
        on
            unit_windows.unit_type = 'person'
            and unit_windows.unit_id = touchpoints.person_id
            and touchpoints.occurred_at between unit_windows.window_starts_at and unit_windows.conversion_at
    union all
    select
        unit_windows.conversion_id,
        unit_windows.conversion_at,
        unit_windows.lead_created_at,
        unit_windows.opportunity_created_at,
        touchpoints.touchpoint_id,
        touchpoints.touch_number,
        touchpoints.source,
        touchpoints.campaign,
        touchpoints.is_direct,
        touchpoints.occurred_at
    from unit_windows
    inner join touchpoints
        on
            unit_windows.unit_type = 'account'
            and unit_windows.unit_id = touchpoints.account_id
            and touchpoints.occurred_at between unit_windows.window_starts_at and unit_windows.conversion_at
),

paths as (
    select
        conversion_id,
        bool_and(is_direct) as is_all_direct
    from in_window
    group by conversion_id
),

-- Direct visits earn credit as a last resort only, unless the policy keeps them.
final as (
    select
        in_window.conversion_id,
        in_window.touchpoint_id,
        in_window.touch_number,
        in_window.source,
        in_window.campaign,
        in_window.conversion_at,
        in_window.lead_created_at,
        in_window.opportunity_created_at,
        in_window.occurred_at
    from in_window
    inner join paths on in_window.conversion_id = paths.conversion_id
    where
        not in_window.is_direct
        or paths.is_all_direct
        or '{{ var("direct_touch_policy") }}' = 'keep'
)

select * from final
