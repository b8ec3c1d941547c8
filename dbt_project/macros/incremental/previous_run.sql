{#-
    Keeps a table as the previous run left it, as `<model>__previous` in the source `previous_run` (a pre-hook; it comes
    with the post-hook `empty_on_full_refresh`).
-#}
{% macro snapshot_previous_run() %}
    {% if is_incremental_run() %}
        create or replace table {{ previous(this) }} as select * from {{ this }}
    {% endif %}
{% endmacro %}

{#- A full refresh has no previous rows: makes the model's table in the source `previous_run` empty (a post-hook). -#}
{% macro empty_on_full_refresh() %}
    {% if not is_incremental_run() %}
        create or replace table {{ deleted_rows(this) if config.get('archive_deleted') else previous(this) }} as
        select * from {{ this }} where false
    {% endif %}
{% endmacro %}

{% macro previous(relation) -%}
    run_state.{{ relation.identifier }}__previous
{%- endmacro %}

{% macro deleted_rows(relation) -%}
    run_state.{{ relation.identifier }}__deleted
{%- endmacro %}

{#- Rows that are only in a model's table as the previous run left it, or only as it is now. -#}
{% macro row_diff(model_name) -%}
    (
        (select * from {{ source('previous_run', model_name ~ '__previous') }} except select * from {{ ref(model_name) }})
        union all
        (select * from {{ ref(model_name) }} except select * from {{ source('previous_run', model_name ~ '__previous') }})
    )
{%- endmacro %}
