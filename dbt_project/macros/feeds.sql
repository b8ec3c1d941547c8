{#-
    The standard entities of each feed, and the raw entities that each is made of. Each has a model
    `stg_<feed>__<entity>` with the columns of `stg_standard__<entity>`. The standard feed is always read, a vendor's feed
    where the var `sources_enabled` names it.
-#}
{% macro feeds() %}
    {{ return({
        'standard': {
            'accounts': ['accounts'],
            'activities': ['activities'],
            'ad_spend': ['ad_spend'],
            'costs': ['costs'],
            'experiments': ['experiments'],
            'lead_stages': ['lead_stages'],
            'leads': ['leads'],
            'opportunities': ['opportunities'],
            'opportunity_contacts': ['opportunity_contacts'],
            'revenue': ['revenue'],
            'web_events': ['web_events'],
            'web_sessions': ['web_sessions'],
        },
        'google_ads': {'ad_spend': [
            'account_history', 'ad_group_history', 'ad_group_stats', 'ad_history', 'ad_stats', 'campaign_history',
            'campaign_stats',
        ]},
        'linkedin_ads': {'ad_spend': [
            'ad_account_history', 'ad_analytics_by_campaign', 'ad_analytics_by_creative', 'ad_campaign_group_history',
            'ad_campaign_history', 'creative_history',
        ]},
        'meta_ads': {'ad_spend': [
            'account_history', 'ad_history', 'ad_set_history', 'basic_ad', 'campaign_history', 'creative_history',
        ]},
        'microsoft_ads': {'ad_spend': [
            'account_history', 'ad_group_history', 'ad_group_performance_daily_report', 'ad_history',
            'ad_performance_daily_report', 'campaign_history', 'campaign_performance_daily_report',
        ]},
        'ga4': {'web_events': ['events']},
        'segment': {'web_events': ['aliases', 'identifies', 'pages', 'tracks']},
        'snowplow': {'web_events': ['events']},
        'hubspot': {
            'accounts': ['company'],
            'activities': [
                'company', 'contact', 'contact_form_submission', 'contact_merge_audit', 'email_event', 'engagement',
                'engagement_call', 'engagement_company', 'engagement_contact', 'engagement_email', 'engagement_meeting',
                'form',
            ],
            'lead_stages': ['contact', 'contact_merge_audit', 'contact_property_history'],
            'leads': ['company', 'contact', 'contact_merge_audit', 'owner'],
            'opportunities': [
                'company', 'contact', 'contact_merge_audit', 'deal', 'deal_company', 'deal_contact',
                'deal_pipeline_stage', 'deal_stage', 'merged_deal',
            ],
            'opportunity_contacts': ['contact', 'contact_merge_audit', 'deal_contact', 'merged_deal'],
        },
        'salesforce': {
            'accounts': ['account'],
            'activities': ['campaign', 'campaign_member', 'contact', 'event', 'lead', 'task'],
            'lead_stages': ['contact', 'lead', 'lead_history'],
            'leads': ['contact', 'lead', 'user'],
            'opportunities': ['contact', 'lead', 'opportunity', 'opportunity_contact_role'],
            'opportunity_contacts': ['contact', 'lead', 'opportunity', 'opportunity_contact_role'],
        },
        'sql_crm': {
            'accounts': ['accounts'],
            'activities': ['activities'],
            'lead_stages': ['lead_stages'],
            'leads': ['leads'],
            'opportunities': ['opportunities'],
            'opportunity_contacts': ['opportunity_contacts'],
            'revenue': ['revenue'],
        },
    }) }}
{% endmacro %}

{#- The feeds that are read; the linter reads all. -#}
{% macro enabled_feeds() %}
    {% set enabled = feeds() if target.name == 'lint' else ['standard'] + var('sources_enabled') %}
    {{ return(feeds() | select('in', enabled) | list) }}
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
    The rows of a standard entity from every enabled feed, with `feed` as first column: a relation to select from.
-#}
{% macro all_feeds(entity) -%}
    {#- Without a graph, as while parsing and in unit tests, the models have their columns in the same order. -#}
    {%- set shape = graph.get('nodes', {}).get('model.' ~ project_name ~ '.stg_standard__' ~ entity, {}) -%}
    (
        {%- for feed in enabled_feeds() if entity in feeds()[feed] %}
        select '{{ feed }}' as feed, {{ shape.columns | join(', ') or '*' }}
        from {{ ref('stg_' ~ feed ~ '__' ~ entity) }}
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- A vendor's id after the vendor's name, so that ids of two vendors differ; null stays null. -#}
{% macro vendor_id(feed, column) -%}
    '{{ feed }}:' || cast({{ column }} as varchar)
{%- endmacro %}
