{#- Whether this command builds any model that a run must build: tests, seeds and reports alone do not. -#}
{% macro builds_the_warehouse() %}
    {% set is_build = flags.WHICH in ('build', 'run') and target.name != 'lint' %}
    {{ return(is_build and incremental_models() | select('in', selected_resources) | list | length > 0) }}
{% endmacro %}

{#- The models that a run must build: the incremental ones, and all they depend on. -#}
{% macro incremental_models() %}
    {% set found = [] %}
    {% for node in graph.nodes.values() if is_incremental_model(node) %}
        {% do found.append(node.unique_id) %}
    {% endfor %}
    {# The list grows while the loop reads it. #}
    {% for unique_id in found %}
        {% for parent in graph.nodes[unique_id].depends_on.nodes if parent.startswith('model.') %}
            {% if parent not in found %}
                {% do found.append(parent) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- Whether a model is incremental and rebuilt by a full refresh; logs never are. -#}
{% macro is_incremental_model(node) %}
    {{ return(node.config.materialized == 'incremental' and node.config.full_refresh is none) }}
{% endmacro %}
