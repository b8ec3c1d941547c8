{#-
    The incremental strategy `replace_keys`: rows whose key changed are deleted and the rows that the model selected are
    inserted, in one transaction. Config of the model:

    unique_key: the column that rows are replaced by, e.g. person_id.
    changed_keys: name of a model, or of a table of the source `previous_run`, with that column. Its keys are replaced
        beside those of the new rows, so that the rows of a key that has none any more are deleted. The model itself
        selects these keys only, by the macro `is_changed`.
    archive_deleted: whether the deleted rows are kept in the source `previous_run` as `<model>__deleted`.

    The model runs before its rows are deleted: it may read them from `this`.
-#}
{% macro get_incremental_replace_keys_sql(arguments) %}
    {% set key = arguments.unique_key %}
    {% set changed_keys = config.get('changed_keys') %}
    {% set keys %}
        select {{ key }} from {{ arguments.temp_relation }}
        {% if changed_keys %}
            union
            select {{ key }}
            from {{ source('previous_run', changed_keys) if '__deleted' in changed_keys else ref(changed_keys) }}
        {% endif %}
    {% endset %}
    {% set archive = 'run_state.' ~ this.identifier ~ '__deleted' if config.get('archive_deleted') %}
    {{ delete_keys(arguments.target_relation, key, keys, archive) }}
    {{ get_insert_into_sql(arguments.target_relation, arguments.temp_relation, arguments.dest_columns) }}
{% endmacro %}

{#- Whether a row has one of the changed keys; every row has on a full refresh. -#}
{% macro is_changed(key, changed_keys) -%}
    {%- set changed = ref(changed_keys) if is_incremental_run() -%}
    {%- if changed -%} {{ key }} in (select {{ key }} from {{ changed }}) {%- else -%} true {%- endif -%}
{%- endmacro %}
