{#- Two values as one that is ordered by the first, then by the second. -#}
{% macro ordered_pair(first_part, second_part) -%}
    {{ adapter.dispatch('ordered_pair')(first_part, second_part) }}
{%- endmacro %}

{% macro duckdb__ordered_pair(first_part, second_part) -%}
    {first_part: {{ first_part }}, second_part: {{ second_part }}}
{%- endmacro %}

{% macro spark__ordered_pair(first_part, second_part) -%}
    named_struct('first_part', {{ first_part }}, 'second_part', {{ second_part }})
{%- endmacro %}

{#- The second of such two values. -#}
{% macro second_of(pair) -%}
    {{ adapter.dispatch('second_of')(pair) }}
{%- endmacro %}

{% macro default__second_of(pair) -%}
    {{ pair }}.second_part
{%- endmacro %}

{% macro duckdb__second_of(pair) -%}
    struct_extract({{ pair }}, 'second_part')
{%- endmacro %}
