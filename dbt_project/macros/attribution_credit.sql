{#-
    The credits of a path under a rule model, in two steps: what holds for the whole path, then each touch's part.

    `weights` maps roles (first, lead_creation, opportunity_creation, last) and `middle` to weights, as an entry of the
    var `attribution_models`. A touch's raw weight is the sum of its roles' weights; touches without a role share
    `middle`; a role of weight 0 is no role. Credit = raw weight / sum of raw weights of the path, so roles that
    coincide add up and roles that are missing give their weight to the rest in proportion. A path in which nothing
    has weight is shared equally.

    path_weights: the select list of the first step, over the columns of int_paths under `paths`.
    attribution_credit: the credit of a touch, from these and its `path_touches.touch_number`.
-#}
{% macro path_weights(model, weights) -%}
    {%- set roles = weighted_roles(weights) -%}
    {%- set middle = weights.get('middle', 0) | float -%}
    {%- set role_weight -%}
        (0{% for role in roles %}
            + case when paths.{{ role }}_touch is not null then {{ weights[role] | float }} else 0 end
        {%- endfor %})
    {%- endset -%}
    {#- Touches without a role: all but the distinct ones that hold one. -#}
    {%- set middle_count -%}
        (paths.touch_count{% for role in roles %}
            - case
                when paths.{{ role }}_touch is null then 0
                {%- for other in roles[:loop.index0] %}
                when paths.{{ role }}_touch = paths.{{ other }}_touch then 0
                {%- endfor %}
                else 1
            end
        {%- endfor %})
    {%- endset -%}
    {%- set total_weight -%}
        cast({{ role_weight }} + case when {{ middle_count }} > 0 then {{ middle }} else 0 end as double)
    {%- endset -%}
    {{ total_weight }} as {{ model }}_total_weight,
        case
            when {{ total_weight }} = 0 then 1 / cast(paths.touch_count as double)
            when {{ middle_count }} > 0 then {{ middle }} / cast({{ middle_count }} as double) / {{ total_weight }}
            else 0
        end as {{ model }}_middle_credit
{%- endmacro %}

{% macro attribution_credit(model, weights) -%}
    {%- set roles = weighted_roles(weights) -%}
    {%- if roles -%}
    case
        when {% for role in roles -%}
            path_touches.touch_number = path_weights.{{ role }}_touch{{ ' or ' if not loop.last }}
        {%- endfor %} then
            (0{% for role in roles %}
                + case
                    when path_touches.touch_number = path_weights.{{ role }}_touch then {{ weights[role] | float }}
                    else 0
                end
            {%- endfor %}) / path_weights.{{ model }}_total_weight
        else path_weights.{{ model }}_middle_credit
    end
    {%- else -%}
    path_weights.{{ model }}_middle_credit
    {%- endif -%}
{%- endmacro %}

{#- The roles that a model gives a weight. -#}
{% macro weighted_roles(weights) -%}
    {%- set roles = [] -%}
    {%- for role in ['first', 'lead_creation', 'opportunity_creation', 'last'] if weights.get(role, 0) | float > 0 -%}
        {%- do roles.append(role) -%}
    {%- endfor -%}
    {{ return(roles) }}
{%- endmacro %}

{#-
    The weight of a touch under time_decay: halved every half-life before the path's last touch. That gives the same
    shares as the age at the conversion, and no path's weights vanish however old it is. A decimal, so that no sum
    depends on the order of its rows.
-#}
{% macro decay_weight(occurred_at, last_touch_at) -%}
    cast(
        power(
            cast(0.5 as double),
            {{ seconds_between(occurred_at, last_touch_at) }} / 86400.0 / {{ var('time_decay_half_life_days') }}
        ) as decimal(28, 20)
    )
{%- endmacro %}

{#- Every model that fct_attribution has a credit column for, in reading order. -#}
{% macro attribution_model_names() -%}
    {{ return(var('attribution_models').keys() | list + ['time_decay', 'markov', 'shapley']) }}
{%- endmacro %}

{#-
    Declares the credit columns of models that somebody added to the var `attribution_models`, so that the contract of
    fct_attribution, which lists the models of this project, holds for them too (a pre-hook).
-#}
{% macro declare_credit_columns() %}
    {% for name in var('attribution_models') if 'credit_' ~ name not in model['columns'] %}
        {% do model['columns'].update({
            'credit_' ~ name: {'name': 'credit_' ~ name, 'data_type': 'double', 'description': '', 'constraints': []}
        }) %}
    {% endfor %}
{% endmacro %}

{#- Whether two rows are of the same day, conversion type, source and campaign, which may be nobody's. -#}
{% macro same_attribution(one, other) -%}
    {{ one }}.conversion_date = {{ other }}.conversion_date
    and {{ one }}.conversion_type = {{ other }}.conversion_type
    and {{ one }}.source = {{ other }}.source
    and {{ one }}.campaign is not distinct from {{ other }}.campaign
{%- endmacro %}
