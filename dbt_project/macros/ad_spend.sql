{#-
    Of the reports of one platform, which tell of the same money at several grains (1 campaign, 2 ad group, 3 ad), the
    rows to count: per account, campaign and day those of the deepest grain that has any, so that nothing counts twice,
    and a campaign that only the coarse report knows (Performance Max) counts too. A grain at which no row states a
    cost gives way to one that does. To be used as a QUALIFY clause.
-#}
{% macro deepest_grain() %}
    {%- set same_money = 'over (partition by account_id, campaign_id, date)' %}
    qualify grain = coalesce(
        max(case when cost is not null then grain end) {{ same_money }},
        max(grain) {{ same_money }}
    )
{% endmacro %}

{#-
    A tag in the address of an ad; null where it is absent, and where it is a placeholder that the platform fills in at
    the click, in braces.
-#}
{% macro ad_tag(url, name) -%}
    {%- set value = url_parameter(url, name) -%}
    case when instr({{ value }}, chr(123)) = 0 then {{ value }} end
{%- endmacro %}
