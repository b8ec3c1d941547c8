{#-
    Queries are written in DuckDB's dialect (orchestration/transform/spark_adapter.py); what dbt-spark wraps around them is Spark's.
    Parquet tables have no constraints: the types of a contract are made by casts, and an amount that does not fit fails.
-#}
{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if language == 'python' -%}
        {{ compiled_code }}
    {%- elif temporary -%}
        create or replace temporary view {{ relation }} as {{ adapter.transpile(compiled_code) }}
    {%- else -%}
        create table {{ relation }} using parquet as {{ adapter.transpile(spark__as_contracted(compiled_code)) }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__as_contracted(query) -%}
    {%- if not config.get('contract').enforced -%}
        {{ query }}
    {%- else -%}
        {%- set columns = [] -%}
        {%- for column in model.columns.values() -%}
            {%- do columns.append('cast(' ~ column.name ~ ' as ' ~ column.data_type ~ ') as ' ~ column.name) -%}
        {%- endfor -%}
        select {{ columns | join(', ') }} from ({{ query }}) as contracted
    {%- endif -%}
{%- endmacro %}

{% macro spark__persist_constraints(relation, model) %}
{% endmacro %}

{% macro spark__create_view_as(relation, sql) -%}
    create or replace view {{ relation }} as {{ adapter.transpile(sql) }}
{%- endmacro %}

{#- Types of seeds are DuckDB's, too. -#}
{% macro spark__create_csv_table(model, agate_table) %}
    {% set types = {} %}
    {% for column, type in model['config'].get('column_types', {}).items() %}
        {% do types.update({column: adapter.transpile_type(type)}) %}
    {% endfor %}
    {% do model['config'].update({'column_types': types}) %}
    {{ return(dbt.spark__create_csv_table(model, agate_table)) }}
{% endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
    {% set columns = [] %}
    {% for column in adapter.get_columns_in_relation(this) %}
        {% do columns.append('cast(' ~ column.name ~ ' as ' ~ column.dtype ~ ') as ' ~ column.name) %}
    {% endfor %}
    {% do adapter.load_seed(model, this | string, columns | join(', ')) %}
    {{ return('') }}
{% endmacro %}
