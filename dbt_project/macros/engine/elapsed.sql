{#- Seconds from one timestamp to another, with their fraction. -#}
{% macro seconds_between(earlier, later) -%}
    (datediff('microsecond', {{ earlier }}, {{ later }}) / 1000000.0)
{%- endmacro %}

{#-
    Whole months from one date to another: 31 January to 27 February is none, to 28 February, the last day of its month, is
    one; to an earlier date, none or fewer.
-#}
{% macro whole_months_between(earlier, later) -%}
    {#- Spark's datediff counts whole months, not ends of months. -#}
    {%- set months -%}
        ((year({{ later }}) - year({{ earlier }})) * 12 + month({{ later }}) - month({{ earlier }}))
    {%- endset -%}
    ({{ months }} + case
        when {{ later }} >= {{ earlier }} and {{ earlier }} + interval 1 month * {{ months }} > {{ later }} then -1
        when {{ later }} < {{ earlier }} and {{ later }} - interval 1 month * {{ months }} > {{ earlier }} then 1
        else 0
    end)
{%- endmacro %}
