{#-
    Marks the run as finished, if every model that a run must build was built, and the decisions that it recorded as final,
    if moreover nothing failed: of a run that fails nothing is released.
-#}
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
                ~ ' (select (feed, entity, checksum) from ' ~ source('load_log', 'load_ledger') ~ ')'
            ) %}
            {% do run_query('update run_state.runs set is_finished = true') %}
            {% set failed = results | selectattr('status', 'in', ['error', 'runtime error', 'fail', 'skipped']) | list %}
            {% if not failed and 'model.lead_source_warehouse.recorded_decisions' in built %}
                {% do run_query('update marts.recorded_decisions set is_final = true where not is_final') %}
            {% endif %}
        {% endif %}
    {% endif %}
{% endmacro %}
