{#-
    The key of one combination of texts that name a source. Sessions, activities, leads, deals and costs carry it, so
    that the rules are evaluated once per distinct combination (int_source_signals) and joined back. The texts are
    set apart by a control character, which int_sessions_parsed takes out of what visitors' addresses say.
-#}
{% macro source_key(
    touch_type,
    utm_source='null', utm_medium='null', utm_campaign='null',
    referrer_host='null', click_id_type='null', crm_source='null', direction='null'
) -%}
    md5(concat_ws(
        chr(31),
        {%- for text in [
            utm_source, utm_medium, utm_campaign, referrer_host, click_id_type, crm_source, touch_type, direction
        ] %}
        coalesce({{ text }}, ''){{ ',' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}
