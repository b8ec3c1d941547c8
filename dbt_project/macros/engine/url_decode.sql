{#- Percent signs and plus signs of a query string turned back into text; what is wrongly encoded stays as it is. -#}
{% macro url_decode(text) -%}
    {{ adapter.dispatch('url_decode')(text) }}
{%- endmacro %}

{% macro duckdb__url_decode(text) -%}
    coalesce(try(url_decode(replace({{ text }}, '+', ' '))), {{ text }})
{%- endmacro %}

{% macro spark__url_decode(text) -%}
    coalesce(try_url_decode({{ text }}), {{ text }})
{%- endmacro %}
