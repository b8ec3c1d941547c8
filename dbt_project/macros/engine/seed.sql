{#-
    A seed is loaded again only when its file changed; a full refresh loads all. The checksum of the loaded file is the
    comment on its table, set in the transaction that loads it. dbt gives no checksum of a file over 1 MB.
-#}
{% materialization seed, adapter='duckdb' %}
    {% if not should_full_refresh() and model.checksum.name == 'sha256' %}
        {% set comments = run_query(duckdb__comment_of_table()).columns[0].values() %}
        {% if comments and comments[0] == model.checksum.checksum %}
            {% do store_result('agate_table', response='OK') %}
            {% call noop_statement('main', 'UNCHANGED', 'UNCHANGED') %} {% endcall %}
            {{ return({'relations': [this.incorporate(type='table')]}) }}
        {% endif %}
    {% endif %}
    {{ return(dbt.materialization_seed_default()) }}
{% endmaterialization %}

{#- Writes down the file that a seed's table was loaded from (a post-hook). -#}
{% macro keep_checksum() %}
    {{ return(adapter.dispatch('keep_checksum')()) }}
{% endmacro %}

{% macro default__keep_checksum() %}
{% endmacro %}

{% macro duckdb__keep_checksum() %}
    {% set comment = "comment on table " ~ this.include(database=false) ~ " is '" ~ model.checksum.checksum ~ "'" %}
    {% if target.name == 'postgres' %}
        call postgres_execute('{{ this.database }}', $${{ comment }}$$)
    {% else %}
        {{ comment }}
    {% endif %}
{% endmacro %}

{#- DuckDB neither writes nor reads the comments of PostgreSQL's tables. -#}
{% macro duckdb__comment_of_table() %}
    {% if target.name == 'postgres' %}
        from postgres_query(
            '{{ this.database }}',
            $$select obj_description(to_regclass('{{ this.include(database=false) }}'), 'pg_class')$$
        )
    {% else %}
        select comment from duckdb_tables()
        where
            database_name = current_database()
            and schema_name = '{{ this.schema }}'
            and table_name = '{{ this.identifier }}'
    {% endif %}
{% endmacro %}
