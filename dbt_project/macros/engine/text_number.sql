{#- A number that stands for a text, by its MD5: quicker to group and to sort by than a long text. -#}
{% macro text_number(text) -%}
    {{ adapter.dispatch('text_number')(text) }}
{%- endmacro %}

{% macro duckdb__text_number(text) -%}
    md5_number({{ text }})
{%- endmacro %}

{% macro spark__text_number(text) -%}
    md5({{ text }})
{%- endmacro %}
