{#- The newest non-null value of a column in the rows before this one. -#}
{% macro last_known_before(column, partition_by, order_by) -%}
    {{ adapter.dispatch('last_known_before')(column, partition_by, order_by) }}
{%- endmacro %}

{% macro duckdb__last_known_before(column, partition_by, order_by) -%}
    last_value({{ column }} ignore nulls) over (
        partition by {{ partition_by }} order by {{ order_by }}
        rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}
