{#-
    Connected components of a graph, set by set: every node ends with the smallest key of its component.

    Each round a node takes the smallest label among its own, its neighbours' and its label's label; the label itself is
    pulled along with it, so that chains shrink by halves and not link by link. Rounds end when none changes anything.
    Leaves the tables `identifier_components` (node, label) for the model that called it.
-#}
{% macro connect_components(nodes, links) %}
{% if execute %}
    {% set labels = this.schema ~ '.identifier_components' %}
    {% set next_labels = this.schema ~ '.identifier_components_next' %}
    {% do run_query('drop table if exists ' ~ labels) %}
    {% do run_query(
        'create table ' ~ labels ~ ' as select identifier_key as node, identifier_key as label from ' ~ nodes
    ) %}
    {% set state = namespace(changed=1) %}
    {% for round in range(200) if state.changed > 0 %}
        {% do run_query('drop table if exists ' ~ next_labels) %}
        {% set step %}
            create table {{ next_labels }} as
            with
            links as (
                select from_key as node, to_key as neighbour from {{ links }}
                union all
                select to_key as node, from_key as neighbour from {{ links }}
            ),
            offers as (
                select links.node, own.label as own_label, theirs.label as offered
                from links
                inner join {{ labels }} as own on links.node = own.node
                inner join {{ labels }} as theirs on links.neighbour = theirs.node
                where theirs.label < own.label
            ),
            candidates as (
                select node, label from {{ labels }}
                union all
                select node, offered as label from offers
                union all
                select own_label as node, offered as label from offers
                union all
                select lower_level.node, upper_level.label
                from {{ labels }} as lower_level
                inner join {{ labels }} as upper_level on lower_level.label = upper_level.node
                where upper_level.label < lower_level.label
            )
            select node, min(label) as label from candidates group by node
        {% endset %}
        {% do run_query(step) %}
        {% set state.changed = run_query(
            'select count(*) from ' ~ labels ~ ' as before inner join ' ~ next_labels
            ~ ' as after on before.node = after.node where before.label != after.label'
        ).columns[0].values()[0] %}
        {% do run_query('drop table ' ~ labels) %}
        {% do run_query('alter table ' ~ next_labels ~ ' rename to identifier_components') %}
    {% endfor %}
    {% if state.changed > 0 %}
        {{ exceptions.raise_compiler_error('Identity stitching did not settle in 200 rounds') }}
    {% endif %}
{% endif %}
{% endmacro %}
