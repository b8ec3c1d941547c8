{{ config(materialized='view') }}
{%- set account_types = ['opportunity', 'customer'] if var('attribution_unit') == 'account' else [] %}
with

final as (
    {%- for type in ['lead', 'mql', 'sql', 'opportunity', 'customer'] %}
    select
        '{{ type }}' as conversion_type,
        {{ 2 ** loop.index0 }} as type_bit,
        {{ 'true' if type in account_types else 'false' }} as is_of_account,
        {{ var('attribution_lookback_days_by_type').get(type, var('attribution_lookback_days')) }} as lookback_days
    {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select * from final
