{#-
    Which raw entities each feed's standard entity is made of: a feed that has a line here has a model
    `stg_<feed>__<entity>` with the columns of `stg_standard__<entity>`. The standard feed is always read, a vendor's where
    the var `sources_enabled` names it.
-#}
{% macro feeds() %}
    {{ return({
        'standard': {
            'accounts': ['accounts'],
            'activities': ['activities'],
            'ad_spend': ['ad_spend'],
            'costs': ['costs'],
            'lead_stages': ['lead_stages'],
            'leads': ['leads'],
            'opportunities': ['opportunities'],
            'opportunity_contacts': ['opportunity_contacts'],
            'revenue': ['revenue'],
            'web_events': ['web_events'],
            'web_sessions': ['web_sessions'],
        },
        'ga4': {'web_events': ['events']},
        'segment': {'web_events': ['aliases', 'identifies', 'pages', 'tracks']},
        'snowplow': {'web_events': ['events']},
    }) }}
{% endmacro %}

{#- The feeds that are read. -#}
{% macro enabled_feeds() %}
    {{ return(feeds() | select('in', ['standard'] + var('sources_enabled')) | list) }}
{% endmacro %}

{#- The raw entities that are read, each as [feed, entity]. -#}
{% macro raw_entities() %}
    {% set found = [] %}
    {% for feed in enabled_feeds() %}
        {% for entities in feeds()[feed].values() %}
            {% for entity in entities if [feed, entity] not in found %}
                {% do found.append([feed, entity]) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(found | sort) }}
{% endmacro %}

{#-
    The rows of a standard entity from every feed that has it, `feed` first: a relation to select from. Ids of a vendor
    begin with its name (see vendor_id), so that those of two vendors are never taken for one.
-#}
{% macro all_feeds(entity) -%}
    {%- set columns = graph.nodes['model.' ~ project_name ~ '.stg_standard__' ~ entity].columns if execute else {} -%}
    (
        {%- for feed in enabled_feeds() if entity in feeds()[feed] %}
        select '{{ feed }}' as feed, {{ columns | join(', ') or '*' }}
        from {{ ref('stg_' ~ feed ~ '__' ~ entity) }}
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- An id as the warehouse knows it: the vendor's name before the vendor's own; null stays null. -#}
{% macro vendor_id(feed, column) -%}
    '{{ feed }}:' || cast({{ column }} as varchar)
{%- endmacro %}
