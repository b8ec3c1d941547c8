{#-
    The last second of a reporting date as a UTC timestamp, no later than `as_of`: what has only a date comes after what
    has a time on that day.
-#}
{% macro end_of_reporting_day(date) -%}
    least({{ adapter.dispatch('end_of_reporting_day')(date) }}, {{ as_of() }})
{%- endmacro %}

{% macro duckdb__end_of_reporting_day(date) -%}
    timezone('UTC', timezone('{{ var("reporting_timezone") }}', cast({{ date }} as timestamp) + interval 86399 second))
{%- endmacro %}
