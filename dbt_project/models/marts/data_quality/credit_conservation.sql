with

conversions as (
    select * from {{ ref('fct_conversions') }}
),

attribution as (
    select * from {{ ref('fct_attribution') }}
),

custom_attribution as (
    select * from {{ ref('fct_custom_attribution') }}
),

{%- set custom_models = custom_attribution_models() %}
{%- set models = attribution_model_names() | reject('in', custom_models) | list %}

sums as (
    select
        {%- for model in models %}
        sum(credit_{{ model }}) as {{ model }},
        {%- endfor %}
        conversion_id
    from attribution
    group by conversion_id
),

custom_sums as (
    select
        conversion_id,
        attribution_model,
        sum(credit) as credit
    from custom_attribution
    group by conversion_id, attribution_model
),

-- How many custom models credit the conversion once.
custom_counts as (
    select
        conversion_id,
        count(*) as model_count
    from custom_sums
    where abs(credit - 1) <= {{ var('credit_tolerance') }}
    group by conversion_id
),

final as (
    select conversions.conversion_id
    from conversions
    left join sums on conversions.conversion_id = sums.conversion_id
    left join custom_counts on conversions.conversion_id = custom_counts.conversion_id
    where
        coalesce(custom_counts.model_count, 0) != {{ custom_models | length }}
        or sums.conversion_id is null
        {%- for model in models %}
        or coalesce(abs(sums.{{ model }} - 1), 1) > {{ var('credit_tolerance') }}
        {%- endfor %}
)

select * from final
