{#- A tag as GA4 has it; null for the words by which GA4 says that there is none. -#}
{% macro ga4_value(text) -%}
    case
        when lower({{ text }}) not in (
            '', '(direct)', '(none)', '(not set)', '(organic)', '(referral)', '(not provided)', '(data not available)'
        ) then {{ text }}
    end
{%- endmacro %}
