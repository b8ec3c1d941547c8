with

conversions as (
    select * from {{ ref('int_conversions') }}
),

path_touches as (
    select * from {{ ref('int_path_touches') }}
),

paths as (
    select * from {{ ref('int_paths') }}
),

credited as (
    select
        conversions.conversion_id,
        path_touches.touchpoint_id,
        conversions.conversion_type,
        conversions.conversion_at,
        path_touches.source,
        path_touches.campaign,
        conversions.value,
        {%- for model, weights in var('attribution_models').items() %}
        cast({{ attribution_credit(weights) }} as double) as credit_{{ model }},
        {%- endfor %}
        cast(
            {{ decay_weight('path_touches.occurred_at', 'paths.last_touch_at') }} / paths.decay_sum as double
        ) as credit_time_decay
    from path_touches
    inner join paths on path_touches.conversion_id = paths.conversion_id
    inner join conversions on path_touches.conversion_id = conversions.conversion_id
),

-- No conversion is lost: one that no touch explains goes to its CRM source in full.
untouched as (
    select
        conversions.conversion_id,
        'crm:' || conversions.conversion_id as touchpoint_id,
        conversions.conversion_type,
        conversions.conversion_at,
        conversions.crm_source as source,
        cast(null as varchar) as campaign,
        conversions.value,
        {%- for model in var('attribution_models') %}
        cast(1 as double) as credit_{{ model }},
        {%- endfor %}
        cast(1 as double) as credit_time_decay
    from conversions
    left join paths on conversions.conversion_id = paths.conversion_id
    where paths.conversion_id is null
),

final as (
    select * from credited
    union all
    select * from untouched
)

select * from final
