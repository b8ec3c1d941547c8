{#-
    Marks the run as finished, if every model that a run must build was built, and the decisions that it recorded as final,
    if moreover nothing failed: of a run that fails nothing is released.
-#}
{% macro finish_run(results) %}
    {% if execute and builds_the_warehouse() %}
        {% set built = [] %}
        {% for result in results if result.status == 'success' %}
            {% do built.append(result.node.unique_id) %}
        {% endfor %}
        {% if incremental_models() | reject('in', built) | list | length == 0 %}
            {% do run_query(replace_table('run_state.processed_files', (
                '(select * from run_state.processed_files union select * from run_state.new_files)'
                ~ ' intersect select feed, entity, checksum from ' ~ source('load_log', 'load_ledger')
            ))) %}
            {% do run_query(replace_table('run_state.runs', 'select * exclude (is_finished), true as is_finished from run_state.runs')) %}
            {% set failed = results | selectattr('status', 'in', ['error', 'runtime error', 'fail', 'skipped']) | list %}
            {% if not failed and 'model.lead_source_warehouse.recorded_decisions' in built %}
                {% do update_rows('marts.recorded_decisions', 'is_final', 'true') %}
            {% endif %}
        {% endif %}
    {% endif %}
{% endmacro %}
