{{ config(materialized='table' if target.name == 'postgres' else 'view') }}
with

credits as (
    select * from {{ ref('int_attribution_credits') }}
),

unpivoted as (
    {%- for model in custom_attribution_models() %}
    select
        *,
        '{{ model }}' as attribution_model,
        credit_{{ model }} as credit
    from credits
    union all
    {%- endfor %}
    -- No custom model: no rows.
    select
        *,
        cast(null as varchar) as attribution_model,
        cast(null as double) as credit
    from credits
    where false
),

final as (
    select
        conversion_id,
        touchpoint_id,
        attribution_model,
        conversion_type,
        conversion_at,
        source,
        campaign,
        value,
        credit
    from unpivoted
)

select * from final
