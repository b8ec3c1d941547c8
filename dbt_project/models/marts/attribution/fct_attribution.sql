{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ set_aside('conversion_id in (select conversion_id from ' ~ ref('int_changed_conversions') ~ ')') }}"
) }}
with

conversions as (
    select * from {{ ref('int_conversions') }}
    {%- if is_incremental() %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
),

path_touches as (
    select * from {{ ref('int_path_touches') }}
    {%- if is_incremental() %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
),

paths as (
    select * from {{ ref('int_paths') }}
    {%- if is_incremental() %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
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
        {{ ratio('path_touches.decay_weight', 'paths.decay_sum') }} as credit_time_decay
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
