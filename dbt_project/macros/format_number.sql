{#- A number as a sentence says it: rounded, without an exponent; a dash where there is none. -#}
{% macro format_number(number, digits=0) -%}
    coalesce(cast(cast(round({{ number }}, {{ digits }}) as decimal(28, {{ digits }})) as varchar), '-')
{%- endmacro %}

{#- A share as a sentence says it. -#}
{% macro format_percent(share) -%}
    {{ format_number('100 * ' ~ share) }} || '%'
{%- endmacro %}
