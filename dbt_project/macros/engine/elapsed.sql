{#- Seconds from one timestamp to another, with their fraction. -#}
{% macro seconds_between(earlier, later) -%}
    {{ adapter.dispatch('seconds_between')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__seconds_between(earlier, later) -%}
    ((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1000000.0)
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    ((unix_micros({{ later }}) - unix_micros({{ earlier }})) / 1000000.0)
{%- endmacro %}

{#- Whole months from one date to another: 31 January to 27 February is none, to 28 February, the last day of its month, is one. -#}
{% macro whole_months_between(earlier, later) -%}
    {{ adapter.dispatch('whole_months_between')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__whole_months_between(earlier, later) -%}
    datesub('month', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__whole_months_between(earlier, later) -%}
    {%- set months -%}
        ((year({{ later }}) - year({{ earlier }})) * 12 + month({{ later }}) - month({{ earlier }}))
    {%- endset -%}
    ({{ months }} - case when add_months({{ earlier }}, {{ months }}) > {{ later }} then 1 else 0 end)
{%- endmacro %}
