{#- The rows of a table whose key a query gives: a relation to select from. -#}
{% macro rows_with_keys(table, key, keys) -%}
    {{ adapter.dispatch('rows_with_keys')(table, key, keys) }}
{%- endmacro %}

{% macro default__rows_with_keys(table, key, keys) -%}
    (select * from {{ table }} where {{ key }} in ({{ keys }}))
{%- endmacro %}

{#- Row ids are looked up first, which reads the key alone; then only blocks with any of them are read whole. -#}
{% macro duckdb__rows_with_keys(table, key, keys) -%}
    {%- if adapter.is_ducklake(table) -%} {{ return(default__rows_with_keys(table, key, keys)) }} {%- endif -%}
    (select * from {{ table }} where rowid in (select rowid from {{ table }} where {{ key }} in ({{ keys }})))
{%- endmacro %}

{#- Statements that delete the rows whose key a query gives, and keep them in the table `archive` where one is named. -#}
{% macro delete_keys(table, key, keys, archive) -%}
    {{ adapter.dispatch('delete_keys')(table, key, keys, archive) }}
{%- endmacro %}

{% macro default__delete_keys(table, key, keys, archive) %}
    {% if archive %}
        create or replace table {{ archive }} as select * from {{ table }} where {{ key }} in ({{ keys }});
    {% endif %}
    delete from {{ table }} where {{ key }} in ({{ keys }});
{% endmacro %}

{% macro duckdb__delete_keys(table, key, keys, archive) %}
    {% if adapter.is_ducklake(table) %}
        {{ default__delete_keys(table, key, keys, archive) }}
    {% elif archive %}
        create or replace temporary table {{ table.identifier }}_row_ids as
        select rowid as row_id from {{ table }} where {{ key }} in ({{ keys }});
        create or replace table {{ archive }} as
        select * from {{ table }} where rowid in (select row_id from {{ table.identifier }}_row_ids);
        delete from {{ table }} where rowid in (select row_id from {{ table.identifier }}_row_ids);
        drop table {{ table.identifier }}_row_ids;
    {% else %}
        delete from {{ table }} where {{ key }} in ({{ keys }});
    {% endif %}
{% endmacro %}

{#- Takes rows out of the table of an incremental model (a hook), or gives one of its columns another value. -#}
{% macro delete_rows(relation, condition) %}
    {{ return(adapter.dispatch('delete_rows')(relation, condition)) }}
{% endmacro %}

{% macro default__delete_rows(relation, condition) %}
    {{ return('delete from ' ~ relation ~ ' where ' ~ condition) }}
{% endmacro %}

{% macro spark__delete_rows(relation, condition) %}
    {% set rows = spark__rows_of(relation) %}
    {% do spark__overwrite_buckets(relation, 'select * from ' ~ rows ~ ' where not (' ~ condition ~ ')', rows) %}
    {{ return('') }}
{% endmacro %}

{% macro update_rows(relation, column, value) %}
    {% do adapter.dispatch('update_rows')(relation, column, value) %}
{% endmacro %}

{% macro default__update_rows(relation, column, value) %}
    {% do run_query('update ' ~ relation ~ ' set ' ~ column ~ ' = ' ~ value) %}
{% endmacro %}

{% macro spark__update_rows(relation, column, value) %}
    {% set rows, columns = spark__rows_of(relation), [] %}
    {% for name in run_query('select * from ' ~ rows ~ ' where false').column_names %}
        {% do columns.append(value ~ ' as ' ~ column if name == column else name) %}
    {% endfor %}
    {% do spark__overwrite_buckets(relation, 'select ' ~ columns | join(', ') ~ ' from ' ~ rows, rows) %}
{% endmacro %}
