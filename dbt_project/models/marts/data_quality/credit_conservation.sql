with

conversions as (
    select * from {{ ref('fct_conversions') }}
),

attribution as (
    select * from {{ ref('fct_attribution') }}
),

sums as (
    select
        {%- for model in attribution_model_names() %}
        sum(credit_{{ model }}) as {{ model }},
        {%- endfor %}
        conversion_id
    from attribution
    group by conversion_id
),

final as (
    select conversions.conversion_id
    from conversions
    left join sums on conversions.conversion_id = sums.conversion_id
    where
        sums.conversion_id is null
        {%- for model in attribution_model_names() %}
        or coalesce(abs(sums.{{ model }} - 1), 1) > {{ var('credit_tolerance') }}
        {%- endfor %}
)

select * from final
