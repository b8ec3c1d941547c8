{#- The funnel's rates: name, those who reached the stage, and out of whom. -#}
{% macro funnel_rates() -%}
    {{ return([
        ('lead_to_mql_rate', 'mqls', 'leads'),
        ('mql_to_sql_rate', 'sqls', 'mqls'),
        ('sql_to_opportunity_rate', 'opportunities', 'sqls'),
        ('opportunity_to_customer_rate', 'customers', 'opportunities'),
        ('lead_to_customer_rate', 'customers', 'leads'),
        ('disqualified_rate', 'disqualified', 'leads'),
        ('recycled_rate', 'recycled', 'leads'),
    ]) }}
{%- endmacro %}

{#- The median durations: name, from when, to when. -#}
{% macro funnel_durations() -%}
    {{ return([
        ('median_days_to_mql', 'created_at', 'mql_at'),
        ('median_days_mql_to_sql', 'mql_at', 'sql_at'),
        ('median_days_sql_to_opportunity', 'sql_at', 'opportunity_at'),
        ('median_days_opportunity_to_customer', 'opportunity_at', 'customer_at'),
        ('median_days_to_customer', 'created_at', 'customer_at'),
    ]) }}
{%- endmacro %}

{#- The middle of the days between two moments. What came before the lead was written down took no time. -#}
{% macro median_days(earlier, later) -%}
    cast(
        median(
            case when {{ later }} is not null then greatest({{ seconds_between(earlier, later) }} / 86400.0, 0) end
        ) as double
    )
{%- endmacro %}
