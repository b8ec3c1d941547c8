{#- Percent signs and plus signs of a query string turned back into text. -#}
{% macro url_decode(text) -%}
    {{ adapter.dispatch('url_decode')(text) }}
{%- endmacro %}

{% macro duckdb__url_decode(text) -%}
    url_decode(replace({{ text }}, '+', ' '))
{%- endmacro %}
