{#- One row per part of a text cut at a separator. Stands alone in a select list. -#}
{% macro each_word(text, separator='_') -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}
