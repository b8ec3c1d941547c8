{#-
    Source, medium, campaign or content (`part`) of a HubSpot record, in words that source_rules knows. HubSpot has a
    group of sources and two details, whose meaning depends on the group. A detail names what a session's tag or referrer
    names, so that it gets the same source. Exports write the group's label (Paid Search) or its name (PAID_SEARCH).
-#}
{% macro hubspot_source(part, source, detail_1, detail_2) -%}
    {%- set group = "upper(replace(" ~ source ~ ", ' ', '_'))" -%}
    {%- set referring_host = url_host("coalesce(" ~ detail_1 ~ ", " ~ detail_2 ~ ")") -%}
    {%- if part == 'source' -%}
    case {{ group }}
        -- The network, and that it was paid.
        when 'PAID_SOCIAL' then coalesce({{ detail_1 }} || ' ads', 'paid_social')
        -- HubSpot's words for Google's click id.
        when 'PAID_SEARCH'
            then case when lower({{ detail_1 }}) = 'auto-tagged ppc' then 'google_ads' else 'paid_search' end
        -- The site that linked.
        when 'REFERRALS' then case when {{ referring_host }} like '%_.__%' then {{ referring_host }} else 'referrals' end
        -- The tags of the link.
        when 'OTHER_CAMPAIGNS' then coalesce(nullif(trim(split_part({{ detail_2 }}, '/', 1)), ''), 'other_campaigns')
        else lower({{ source }})
    end
    {%- elif part == 'medium' -%}
    case {{ group }}
        when 'REFERRALS' then 'referral'
        when 'OTHER_CAMPAIGNS' then nullif(trim(split_part({{ detail_2 }}, '/', 2)), '')
    end
    {%- elif part == 'campaign' -%}
    case
        when {{ group }} = 'PAID_SEARCH' and lower({{ detail_1 }}) = 'auto-tagged ppc' then null
        when {{ group }} in ('PAID_SEARCH', 'EMAIL_MARKETING', 'OTHER_CAMPAIGNS') then {{ detail_1 }}
        when {{ group }} in ('PAID_SOCIAL', 'SOCIAL_MEDIA') then {{ detail_2 }}
    end
    {%- else -%}
    case {{ group }} when 'EMAIL_MARKETING' then {{ detail_2 }} end
    {%- endif -%}
{%- endmacro %}
