{#- A relation of whole numbers, both ends included, in the column `number`. -#}
{% macro number_series(first, last) -%}
    (select unnest(range({{ first }}, {{ last }} + 1)) as number) as number_series
{%- endmacro %}

{#- Days from one date to another. -#}
{% macro days_between(earlier, later) -%}
    datediff('day', {{ earlier }}, {{ later }})
{%- endmacro %}
