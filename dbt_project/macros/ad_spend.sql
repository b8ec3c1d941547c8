{#-
    Rows to count of a platform's reports, which have the same spend at several grains (1 campaign, 2 ad group, 3 ad):
    per account, campaign and day the deepest grain with a cost. So nothing counts twice, and a campaign that only a
    coarse report has (Performance Max) counts too. To be used as a QUALIFY clause.
-#}
{% macro deepest_grain() %}
    {%- set same_money = 'over (partition by account_id, campaign_id, date)' %}
    qualify grain = coalesce(
        max(case when cost is not null then grain end) {{ same_money }},
        max(grain) {{ same_money }}
    )
{% endmacro %}

{#-
    A tag in the parameters (url_query) of the address of an ad; null where it is absent, or has a placeholder in braces
    that the platform fills in at the click.
-#}
{% macro ad_tag(query, name) -%}
    {%- set value = url_parameter(query, name) -%}
    case when instr({{ value }}, chr(123)) = 0 then {{ filled_tag(value) }} end
{%- endmacro %}
