{#- Median of the days between two moments; at least 0, as a moment may be recorded before an earlier stage. -#}
{% macro median_days(earlier, later) -%}
    cast(
        median(
            case
                when {{ earlier }} is not null and {{ later }} is not null
                    then greatest({{ seconds_between(earlier, later) }} / 86400.0, 0)
            end
        ) as double
    )
{%- endmacro %}
