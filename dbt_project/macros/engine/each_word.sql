{#- One row per part of a text cut at underscores. Stands alone in a select list. -#}
{% macro each_word(text) -%}
    {{ adapter.dispatch('each_word')(text) }}
{%- endmacro %}

{% macro duckdb__each_word(text) -%}
    unnest(string_split({{ text }}, '_'))
{%- endmacro %}

{% macro spark__each_word(text) -%}
    explode(split({{ text }}, '_'))
{%- endmacro %}
