{{ config(materialized='view') }}
with

final as (
    {%- for model, weights in var('attribution_models').items() %}
    {{- ' union all' if not loop.first }}
    {%- for role in ['first', 'lead_creation', 'opportunity_creation', 'last', 'middle'] %}
    select
        '{{ model }}' as attribution_model,
        '{{ role }}' as role,
        cast({{ weights.get(role, 0) | float }} as decimal(28, 15)) as weight
    {{- ' union all' if not loop.last }}
    {%- endfor %}
    {%- endfor %}
)

select * from final
