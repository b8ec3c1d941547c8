{#-
    Makes each raw entity an ordinary relation `raw.<feed>__<entity>`, so that source() is the same on every engine.
    DuckDB: a view over the entity's Parquet files. `file_row_number` is the row's place in its file.
-#}
{% macro register_raw_entities() %}
    {{ return(adapter.dispatch('register_raw_entities')()) }}
{% endmacro %}

{% macro duckdb__register_raw_entities() %}
    {% if execute and flags.WHICH in ('build', 'run', 'test') and target.name != 'lint' %}
        {% set raw = env_var('LSW_HOME', 'var') ~ '/raw' %}
        {% do run_query('create schema if not exists raw') %}
        {% for source in graph.sources.values() if source.schema == 'raw' %}
            {% do run_query(
                "create or replace view raw." ~ source.identifier ~ " as select * from read_parquet('"
                ~ raw ~ "/" ~ source.source_name ~ "/" ~ source.name
                ~ "/*.parquet', union_by_name = true, file_row_number = true)"
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}
