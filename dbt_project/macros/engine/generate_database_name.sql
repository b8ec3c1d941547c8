{#- Of the target `postgres` the tables are in PostgreSQL, and the views in a DuckDB file, as their SQL is DuckDB's. -#}
{% macro duckdb__generate_database_name(custom_database_name=none, node=none) -%}
    {%- set is_table = node and node.config.materialized in ('table', 'incremental', 'seed') -%}
    {%- if target.name == 'postgres' and is_table -%} {{ return('warehouse') }} {%- endif -%}
    {{ return(target.database) }}
{%- endmacro %}
