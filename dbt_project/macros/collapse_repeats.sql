{#-
    QUALIFY clause for the touches of paths: of consecutive touches of the same source and campaign, each at most
    `touch_collapse_minutes` after the one before, only the first is kept. Empty where the var is 0.

    `path` is the column that identifies a path, `touches` the relation of the touches. Direct touches without credit must
    have been excluded before, as they would separate two touches.
-#}
{% macro collapse_repeats(path, touches) -%}
    {%- if var('touch_collapse_minutes') > 0 %}
    {%- set in_path -%}
        over (partition by {{ path }} order by {{ touches }}.occurred_at, {{ touches }}.touchpoint_id)
    {%- endset %}
    qualify coalesce(
        lag({{ touches }}.source) {{ in_path }} != {{ touches }}.source
        or lag({{ touches }}.campaign) {{ in_path }} is distinct from {{ touches }}.campaign
        or {{ seconds_between('lag(' ~ touches ~ '.occurred_at) ' ~ in_path, touches ~ '.occurred_at') }}
        > {{ var('touch_collapse_minutes') }} * 60,
        true
    )
    {%- endif %}
{%- endmacro %}
