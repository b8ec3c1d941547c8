{#-
    Key of a combination of texts that name a source. Sessions, activities, leads, opportunities and costs have it, so
    that rules are evaluated once per distinct combination (int_source_signals) and joined back. The texts are separated
    by a control character, which tag_or_parameter removes from what addresses contain.
-#}
{% macro source_key(
    touch_type,
    utm_source='null', utm_medium='null', utm_campaign='null',
    referrer_host='null', click_id_type='null', crm_source='null', direction='null', utm_content='null'
) -%}
    md5(concat_ws(
        chr(31),
        {%- for text in [
            utm_source, utm_medium, utm_campaign, referrer_host, click_id_type, crm_source, touch_type, direction,
            utm_content
        ] %}
        coalesce({{ text }}, ''){{ ',' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}
