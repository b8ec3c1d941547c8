{#- Two values as one that is ordered by the first, then by the second; its fields are first_part and second_part. -#}
{% macro ordered_pair(first_part, second_part) -%}
    {{ adapter.dispatch('ordered_pair')(first_part, second_part) }}
{%- endmacro %}

{% macro duckdb__ordered_pair(first_part, second_part) -%}
    {first_part: {{ first_part }}, second_part: {{ second_part }}}
{%- endmacro %}

{% macro spark__ordered_pair(first_part, second_part) -%}
    named_struct('first_part', {{ first_part }}, 'second_part', {{ second_part }})
{%- endmacro %}
