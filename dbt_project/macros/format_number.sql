{#- A number as a sentence shows it: rounded, without an exponent; a dash for null. -#}
{% macro format_number(number, digits=0) -%}
    coalesce(cast(cast(round({{ number }}, {{ digits }}) as decimal(28, {{ digits }})) as varchar), '-')
{%- endmacro %}
