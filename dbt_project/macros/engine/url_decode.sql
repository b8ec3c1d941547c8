{#- Percent signs and plus signs of a query string turned back into text; what is wrongly encoded stays as it is. -#}
{% macro url_decode(text) -%}
    coalesce(try(url_decode(replace({{ text }}, '+', ' '))), {{ text }})
{%- endmacro %}
