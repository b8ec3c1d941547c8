{#- Where a conversion's window begins: the lookback of its type, in days of exactly 24 hours. -#}
{% macro lookback_start(conversion_type, conversion_at) -%}
    {{ conversion_at }} - interval 1 hour * 24 * case
        {%- for type, days in var('attribution_lookback_days_by_type').items() %}
        when {{ conversion_type }} = '{{ type }}' then {{ days }}
        {%- endfor %}
        when true then {{ var('attribution_lookback_days') }}
    end
{%- endmacro %}
