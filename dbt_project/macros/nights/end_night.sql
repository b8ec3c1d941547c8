{#- Marks the night as finished where all that keeps the incremental tables up was built; less is no night. -#}
{% macro end_night(results) %}
    {{ return(adapter.dispatch('end_night')(results)) }}
{% endmacro %}

{% macro default__end_night(results) %}
{% endmacro %}

{% macro duckdb__end_night(results) %}
    {% if execute and changes_the_warehouse() %}
        {% set built = [] %}
        {% for result in results if result.status == 'success' %}
            {% do built.append(result.node.unique_id) %}
        {% endfor %}
        {% if night_models() | reject('in', built) | list | length == 0 %}
            {% do run_query('insert into state.built_files select * from state.new_files') %}
            {% do run_query(
                'delete from state.built_files where (feed, entity, checksum) not in'
                ~ ' (select (feed, entity, checksum) from raw.gate__load_ledger)'
            ) %}
            {% do run_query('update state.nights set is_finished = true') %}
        {% endif %}
    {% endif %}
{% endmacro %}
