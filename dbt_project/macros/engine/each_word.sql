{#- One row per part of a text cut at a separator. Stands alone in a select list. -#}
{% macro each_word(text, separator='_') -%}
    {{ adapter.dispatch('each_word')(text, separator) }}
{%- endmacro %}

{% macro duckdb__each_word(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}

{% macro spark__each_word(text, separator) -%}
    explode(split({{ text }}, '[{{ separator }}]'))
{%- endmacro %}
