{#-
    Source, medium, campaign or content (`part`) of a HubSpot record, in words that source_rules knows. HubSpot has a
    group of sources and two details, whose meaning depends on the group.
-#}
{% macro hubspot_source(part, source, detail_1, detail_2) -%}
    {%- if part == 'source' -%}
    case {{ source }}
        -- The network, and that it was paid.
        when 'PAID_SOCIAL' then coalesce({{ detail_1 }} || ' ads', 'paid_social')
        -- The tags of the link.
        when 'OTHER_CAMPAIGNS' then coalesce(nullif(trim(split_part({{ detail_2 }}, '/', 1)), ''), 'other_campaigns')
        else lower({{ source }})
    end
    {%- elif part == 'medium' -%}
    case {{ source }}
        when 'OTHER_CAMPAIGNS' then nullif(trim(split_part({{ detail_2 }}, '/', 2)), '')
    end
    {%- elif part == 'campaign' -%}
    case
        when {{ source }} in ('PAID_SEARCH', 'EMAIL_MARKETING', 'OTHER_CAMPAIGNS') then {{ detail_1 }}
        when {{ source }} in ('PAID_SOCIAL', 'SOCIAL_MEDIA') then {{ detail_2 }}
    end
    {%- else -%}
    case {{ source }} when 'EMAIL_MARKETING' then {{ detail_2 }} end
    {%- endif -%}
{%- endmacro %}
