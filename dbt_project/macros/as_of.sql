{#- "Now" as a UTC timestamp: the var `as_of`, else the moment the run started. -#}
{% macro as_of() -%}
    cast('{{ var("as_of") or run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro %}

{#- The last day of the reporting calendar that is in view. -#}
{% macro as_of_date() -%}
    {{ reporting_date(as_of()) }}
{%- endmacro %}
