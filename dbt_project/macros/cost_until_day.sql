{#-
    What of a month's cost has fallen due by the end of a day: an even share, rounded to the cent, and the whole amount
    on the last day. A day's cost is the difference of two of these, so the days of a month sum to its amount.
-#}
{% macro cost_until_day(amount, day_of_month, days_in_month) -%}
    case
        when {{ day_of_month }} = {{ days_in_month }} then {{ amount }}
        else cast(round(cast({{ amount }} as double) * ({{ day_of_month }}) / {{ days_in_month }}, 2) as decimal(18, 6))
    end
{%- endmacro %}
