{#- Whether this command builds any model that a night must build: tests, seeds and reports alone are no night. -#}
{% macro builds_the_warehouse() %}
    {% set is_build = flags.WHICH in ('build', 'run') and target.name != 'lint' %}
    {{ return(is_build and incremental_models() | select('in', selected_resources) | list | length > 0) }}
{% endmacro %}

{#- The models that a night must build: the tables kept up from night to night, and all they are made of. -#}
{% macro incremental_models() %}
    {% set found = [] %}
    {% for node in graph.nodes.values() if is_incremental_model(node) %}
        {% do found.append(node.unique_id) %}
    {% endfor %}
    {# The list grows while it is read: what is appended is read in its turn. #}
    {% for unique_id in found %}
        {% for parent in graph.nodes[unique_id].depends_on.nodes if parent.startswith('model.') %}
            {% if parent not in found %}
                {% do found.append(parent) %}
            {% endif %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- Whether a table is kept up from night to night. Logs, which are never built anew, do not count. -#}
{% macro is_incremental_model(node) %}
    {{ return(node.config.materialized == 'incremental' and node.config.full_refresh is none) }}
{% endmacro %}
