{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed('conversion_id in (select conversion_id from ' ~ ref('int_changed_conversions') ~ ')') }}"
) }}
with

conversions as (
    select * from {{ ref('int_conversions') }}
    {%- if is_incremental() %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
),

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
    {%- if is_incremental() %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
),

paths as (
    select * from {{ ref('int_paths') }}
),

-- A conversion without touches has a path of one source: the CRM's.
unioned as (
    select
        conversion_id,
        conversion_type,
        source,
        count(*) as touch_count
    from path_touches
    group by conversion_id, conversion_type, source
    union all
    select
        conversions.conversion_id,
        conversions.conversion_type,
        conversions.crm_source as source,
        1 as touch_count
    from conversions
    left join paths on conversions.conversion_id = paths.conversion_id
    where paths.conversion_id is null
),

counted as (
    select
        *,
        count(*) over (partition by conversion_id) as source_count
    from unioned
),

-- Shapley: an equal part for each source, shared by the touches of the source. Exact: the value of a coalition is the
-- number of conversions whose sources are all in it, so each conversion is a game that needs all of its sources.
final as (
    select
        conversion_id,
        conversion_type,
        source,
        touch_count,
        source_count,
        1 / cast(touch_count * source_count as double) as credit_shapley
    from counted
)

select * from final
