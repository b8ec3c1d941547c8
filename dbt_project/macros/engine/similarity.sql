{#- How alike two texts read: higher is more alike. -#}
{% macro similarity(one, other) -%}
    {{ adapter.dispatch('similarity')(one, other) }}
{%- endmacro %}

{% macro duckdb__similarity(one, other) -%}
    jaro_winkler_similarity({{ one }}, {{ other }})
{%- endmacro %}

{% macro spark__similarity(one, other) -%}
    (1 - levenshtein({{ one }}, {{ other }}) / greatest(length({{ one }}), length({{ other }}), 1))
{%- endmacro %}
