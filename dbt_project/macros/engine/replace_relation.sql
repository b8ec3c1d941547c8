{#-
    Tables and views are replaced in one transaction: a model that fails leaves what was there. The materializations that
    these two override build under another name, rename twice and drop in a second transaction. A table whose SQL selects
    from the table itself stays as it is.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='table') %}
    {% set is_kept = existing_relation and model['language'] == 'sql' and this | string in compiled_code %}
    {{ run_hooks(pre_hooks) }}
    {% if existing_relation and not is_kept %}
        {% call statement('drop') %} drop {{ existing_relation.type }} {{ existing_relation }} {% endcall %}
    {% endif %}
    {% call statement('main', language=model['language']) %}
        {%- if is_kept %} select 1 {% else %}
        {{- create_table_as(False, target_relation, compiled_code, model['language']) -}}
        {%- endif -%}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='view') %}
    {{ run_hooks(pre_hooks) }}
    {% if existing_relation %}
        {% call statement('drop') %} drop {{ existing_relation.type }} {{ existing_relation }} {% endcall %}
    {% endif %}
    {% call statement('main') %}
        {{- get_create_view_as_sql(target_relation, compiled_code) -}}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Makes an empty table where there is none; types by column. -#}
{% macro create_table(table, types) %}
    {% do adapter.dispatch('create_table')(table, types) %}
{% endmacro %}

{% macro default__create_table(table, types) %}
    {% set columns = [] %}
    {% for column, type in types.items() %}
        {% do columns.append(column ~ ' ' ~ type) %}
    {% endfor %}
    {% do run_query('create table if not exists ' ~ table ~ ' (' ~ columns | join(', ') ~ ')') %}
{% endmacro %}

{% macro spark__create_table(table, types) %}
    {% set columns = [] %}
    {% for column, type in types.items() %}
        {% do columns.append(column ~ ' ' ~ adapter.transpile_type(type)) %}
    {% endfor %}
    {% do run_query('create table if not exists ' ~ table ~ ' (' ~ columns | join(', ') ~ ') using parquet') %}
{% endmacro %}

{#- Whether all of these tables exist. -#}
{% macro has_tables(tables) %}
    {{ return(adapter.dispatch('has_tables')(tables)) }}
{% endmacro %}

{% macro default__has_tables(tables) %}
    {% set found = run_query("select table_schema || '.' || table_name from information_schema.tables").columns[0].values() %}
    {{ return(tables | reject('in', found) | list | length == 0) }}
{% endmacro %}

{% macro spark__has_tables(tables) %}
    {% for table in tables %}
        {% if not run_query('show tables in ' ~ table.split('.')[0] ~ " like '" ~ table.split('.')[1] ~ "'").rows %}
            {{ return(false) }}
        {% endif %}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}

{#- A statement that puts the rows of a query in a table's place. -#}
{% macro replace_table(table, query) %}
    {{ return(adapter.dispatch('replace_table')(table, query)) }}
{% endmacro %}

{% macro default__replace_table(table, query) %}
    {{ return('create or replace table ' ~ table ~ ' as ' ~ query) }}
{% endmacro %}

{#- Parquet tables are not replaced. The query may read the table: the new one is built beside it. -#}
{% macro spark__replace_table(table, query) %}
    {% do run_query('drop table if exists ' ~ table ~ '__next') %}
    {% do run_query('create table ' ~ table ~ '__next using parquet as ' ~ adapter.transpile(query)) %}
    {% do run_query('drop table if exists ' ~ table) %}
    {{ return('alter table ' ~ table ~ '__next rename to ' ~ table) }}
{% endmacro %}
