{#-
    Keeps a table as the previous run left it, as `<model>__previous` in the source `previous_run` (a pre-hook; it comes
    with the post-hook `empty_on_full_refresh`).
-#}
{% macro snapshot_previous_run() %}
    {% if is_incremental_run() %}
        {{ replace_table('run_state.' ~ this.identifier ~ '__previous', 'select * from ' ~ this) }}
    {% endif %}
{% endmacro %}

{#- A full refresh has no previous rows: makes the model's table in the source `previous_run` empty (a post-hook). -#}
{% macro empty_on_full_refresh() %}
    {% if not is_incremental_run() %}
        {% set kind = 'deleted' if config.get('archive_deleted') else 'previous' %}
        {{ replace_table('run_state.' ~ this.identifier ~ '__' ~ kind, 'select * from ' ~ this ~ ' where false') }}
    {% endif %}
{% endmacro %}

{#- Rows that are only in a model's table as the previous run left it, or only as it is now. -#}
{% macro row_diff(model_name) -%}
    {%- set previous = source('previous_run', model_name ~ '__previous') -%}
    (
        (select * from {{ previous }} except select * from {{ ref(model_name) }})
        union all
        (select * from {{ ref(model_name) }} except select * from {{ previous }})
    )
{%- endmacro %}
