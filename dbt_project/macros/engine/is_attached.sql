{#- Whether a table is in a database attached to DuckDB, a DuckLake or PostgreSQL, not in DuckDB's own file. -#}
{% macro duckdb__is_attached(relation) %}
    {{ return(adapter.is_ducklake(relation) or relation.database != target.database) }}
{% endmacro %}
