{{ config(materialized='view') }}
with

final as (
    {%- for model in attribution_model_names() %}
    select '{{ model }}' as attribution_model
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select * from final
