{#-
    A seed is loaded again only when its file changed. The checksum of the loaded file is the comment on its table, set
    in the transaction that loads it.
-#}
{% materialization seed, adapter='duckdb' %}
    {% if is_loaded_seed() %}
        {% do store_result('agate_table', response='OK') %}
        {% call noop_statement('main', 'UNCHANGED', 'UNCHANGED') %} {% endcall %}
        {{ return({'relations': [this.incorporate(type='table')]}) }}
    {% endif %}
    {{ return(dbt.materialization_seed_default()) }}
{% endmaterialization %}

{#- Whether the table of this seed has the rows of its file. dbt gives no checksum of a file over 1 MB. -#}
{% macro is_loaded_seed() %}
    {% if should_full_refresh() or model.checksum.name != 'sha256' %}
        {{ return(false) }}
    {% endif %}
    {% set comments = run_query(
        "select comment from duckdb_tables() where database_name = current_database() and schema_name = '"
        ~ this.schema ~ "' and table_name = '" ~ this.identifier ~ "'"
    ).columns[0].values() %}
    {{ return(comments and comments[0] == model.checksum.checksum) }}
{% endmacro %}

{#- Writes down which file a seed's table was loaded from (a post-hook). -#}
{% macro keep_seed_checksum() %}
    {{ return(adapter.dispatch('keep_seed_checksum')()) }}
{% endmacro %}

{% macro default__keep_seed_checksum() %}
{% endmacro %}

{% macro duckdb__keep_seed_checksum() %}
    comment on table {{ this }} is '{{ model.checksum.checksum }}'
{% endmacro %}
