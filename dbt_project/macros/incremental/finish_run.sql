{#- Marks the run as finished, if every model that a run must build was built. -#}
{% macro finish_run(results) %}
    {{ return(adapter.dispatch('finish_run')(results)) }}
{% endmacro %}

{% macro default__finish_run(results) %}
{% endmacro %}

{% macro duckdb__finish_run(results) %}
    {% if execute and builds_the_warehouse() %}
        {% set built = [] %}
        {% for result in results if result.status == 'success' %}
            {% do built.append(result.node.unique_id) %}
        {% endfor %}
        {% if incremental_models() | reject('in', built) | list | length == 0 %}
            {% do run_query('insert into run_state.processed_files select * from run_state.new_files') %}
            {% do run_query(
                'delete from run_state.processed_files where (feed, entity, checksum) not in'
                ~ ' (select (feed, entity, checksum) from raw.load_log__load_ledger)'
            ) %}
            {% do run_query('update run_state.runs set is_finished = true') %}
        {% endif %}
    {% endif %}
{% endmacro %}
