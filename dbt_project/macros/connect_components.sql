{#-
    Connected components of a graph: every node ends with the smallest node of its component.

    Each round a node moves to its smallest neighbour if that is smaller than itself, and on to where that one moves, so
    that all nodes that meet become one node with the smallest key of them. The links between such nodes are the graph of
    the next round; the rounds end when no link is left. Most components are complete after the first round, so the next
    rounds are small. Creates the table `identifier_components` (node, label) for the model that calls the macro.

    `identifiers` is a relation with the nodes as identifier_key, `links` one of pairs of them as low_key and high_key.
-#}
{% macro connect_components(identifiers, links) %}
{% if execute %}
    {% set labels = this.schema ~ '.identifier_components' %}
    {% set edges = labels ~ '_edges' %}
    {% set moves = labels ~ '_moves' %}
    {% do remake(labels, 'select identifier_key as node, identifier_key as label from ' ~ identifiers) %}
    {% do remake(edges, 'select low_key as low, high_key as high from ' ~ links) %}
    {% set state = namespace(edges=number_of(edges)) %}
    {% for round in range(200) if state.edges > 0 %}
        {% do remake(moves, 'select high as node, min(low) as label from ' ~ edges ~ ' group by high') %}
        {% set further = moves ~ ' as step inner join ' ~ moves ~ ' as next_step on step.label = next_step.node' %}
        {% set chains = namespace(links=number_of(further)) %}
        {% for jump in range(64) if chains.links > 0 %}
            {% do remake(
                moves,
                'select step.node, coalesce(next_step.label, step.label) as label from '
                ~ further | replace('inner join', 'left join')
            ) %}
            {% set chains.links = number_of(further) %}
        {% endfor %}
        {% do remake(
            labels,
            'select labels.node, coalesce(moves.label, labels.label) as label from ' ~ labels ~ ' as labels left join '
            ~ moves ~ ' as moves on labels.label = moves.node'
        ) %}
        {% set contracted %}
            select distinct least(low, high) as low, greatest(low, high) as high
            from (
                select coalesce(low_moves.label, edges.low) as low, coalesce(high_moves.label, edges.high) as high
                from {{ edges }} as edges
                left join {{ moves }} as low_moves on edges.low = low_moves.node
                left join {{ moves }} as high_moves on edges.high = high_moves.node
            ) as moved
            where low != high
        {% endset %}
        {% do remake(edges, contracted) %}
        {% set state.edges = number_of(edges) %}
    {% endfor %}
    {% if state.edges > 0 %}
        {{ exceptions.raise_compiler_error('Identity stitching did not settle in 200 rounds') }}
    {% endif %}
    {% do run_query('drop table ' ~ edges) %}
    {% do run_query('drop table if exists ' ~ moves) %}
{% endif %}
{% endmacro %}

{#- Replaces a table by a query, which may read the table. -#}
{% macro remake(table, query) %}
    {% do run_query('drop table if exists ' ~ table ~ '_next') %}
    {% do run_query('create table ' ~ table ~ '_next as ' ~ query) %}
    {% do run_query('drop table if exists ' ~ table) %}
    {% do run_query('alter table ' ~ table ~ '_next rename to ' ~ table.split('.')[-1]) %}
{% endmacro %}

{#- Number of rows of a table or a join. -#}
{% macro number_of(relation) %}
    {{ return(run_query('select count(*) from ' ~ relation).columns[0].values()[0]) }}
{% endmacro %}
