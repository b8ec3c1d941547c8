with

conversions as (
    select * from {{ ref('int_conversions') }}
),

paths as (
    select * from {{ ref('int_path_roles') }}
),

final as (
    select
        conversions.conversion_id,
        conversions.conversion_type,
        conversions.conversion_at,
        conversions.person_id,
        conversions.account_id,
        conversions.lead_id,
        conversions.opportunity_id,
        conversions.value,
        coalesce(paths.touch_count, 0) as touch_count
    from conversions
    left join paths on conversions.conversion_id = paths.conversion_id
)

select * from final
