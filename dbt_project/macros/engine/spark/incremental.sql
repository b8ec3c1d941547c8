{#-
    An incremental model on Spark: the table `run_state.<model>__rows`, partitioned by a bucket of the key, and the view
    `<model>` on it without the bucket. The buckets with a changed key are overwritten, each with its other rows and the new
    ones; Parquet tables know no delete. What `replace_keys` means is in macros/incremental/replace_keys.sql.
-#}
{% materialization incremental, adapter='spark' %}
    {% set existing, rows = load_cached_relation(this), spark__rows_of(this) %}
    {% set built = 'select *, ' ~ spark__bucket_of(config.get('unique_key')) ~ ' as bucket from (' ~ spark__as_contracted(compiled_code)
        ~ ') as built' %}
    {{ run_hooks(pre_hooks) }}
    {% if existing is none or existing.type != 'view' or should_full_refresh() %}
        {% if existing %}
            {% do adapter.drop_relation(existing) %}
        {% endif %}
        {% do run_query('drop table if exists ' ~ rows) %}
        {% call statement('main') %}
            create table {{ rows }} using parquet partitioned by (bucket) as {{ adapter.transpile(built) }}
        {% endcall %}
        {% do run_query('create or replace view ' ~ this ~ ' as ' ~ adapter.transpile('select * exclude (bucket) from ' ~ rows)) %}
    {% else %}
        {% set new = spark__rows_of(this, 'new') %}
        {% call statement('main') %} {{ replace_table(new, built) }} {% endcall %}
        {% if config.get('incremental_strategy') == 'append' %}
            {% do run_query('insert into ' ~ rows ~ ' select * from ' ~ new) %}
        {% else %}
            {% do spark__replace_keys_in_buckets(this, new) %}
        {% endif %}
        {% do run_query('drop table ' ~ new) %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}

{#- The table behind an incremental model, and others beside it. -#}
{% macro spark__rows_of(relation, kind='rows') %}
    {{ return('run_state.' ~ (relation | string).split('.') | last ~ '__' ~ kind) }}
{% endmacro %}

{#- The bucket of a row. The same key, a column or a list of them, is always in the same one. -#}
{% macro spark__bucket_of(key) -%}
    {%- set columns = [key] if key is string else key -%}
    {{ 'cast(pmod(hash(' ~ columns | join(', ') ~ '), ' ~ var('spark_buckets') ~ ') as integer)' if key else 'cast(0 as integer)' }}
{%- endmacro %}

{% macro spark__replace_keys_in_buckets(relation, new) %}
    {% set key, changed_keys = config.get('unique_key'), config.get('changed_keys') %}
    {% set columns = [key] if key is string else key %}
    {% set keys = spark__rows_of(relation, 'keys') %}
    {% set key_rows %}
        select {{ columns | join(', ') }}, bucket from {{ new }}
        {% if changed_keys %}
            union
            select {{ key }}, {{ spark__bucket_of(key) }} as bucket
            from {{ source('previous_run', changed_keys) if '__deleted' in changed_keys else ref(changed_keys) }}
        {% endif %}
    {% endset %}
    {% do run_query(replace_table(keys, 'select distinct * from (' ~ key_rows ~ ') as changed')) %}
    {% if config.get('archive_deleted') %}
        {% do run_query(replace_table(
            spark__rows_of(relation, 'deleted'),
            'select kept.* from ' ~ relation ~ ' as kept left semi join ' ~ keys ~ ' as keys using (' ~ columns | join(', ') ~ ')'
        )) %}
    {% endif %}
    {% set rows %}
        select kept.*
        from {{ spark__rows_of(relation) }} as kept
        left anti join {{ keys }} as keys using ({{ columns | join(', ') }})
        where kept.bucket in (select bucket from {{ keys }})
        union all
        select * from {{ new }}
    {% endset %}
    {% do spark__overwrite_buckets(relation, rows, keys) %}
    {% do run_query('drop table ' ~ keys) %}
{% endmacro %}

{#- Puts rows in place of all that the buckets of a table `buckets` hold. A bucket that has no row left is dropped. -#}
{% macro spark__overwrite_buckets(relation, rows, buckets) %}
    {% set changed = spark__rows_of(relation, 'changed') %}
    {% do run_query(replace_table(changed, rows)) %}
    {% do run_query('insert overwrite table ' ~ spark__rows_of(relation) ~ ' partition (bucket) select * from ' ~ changed) %}
    {% for bucket in run_query('select bucket from ' ~ buckets ~ ' except select bucket from ' ~ changed).columns[0].values() %}
        {% do run_query('alter table ' ~ spark__rows_of(relation) ~ ' drop if exists partition (bucket = ' ~ bucket ~ ')') %}
    {% endfor %}
    {% do run_query('drop table ' ~ changed) %}
{% endmacro %}
