{#- The names of all attribution models: those of the var `attribution_models`, and four that are computed otherwise. -#}
{% macro attribution_model_names() -%}
    {{ return(var('attribution_models').keys() | list + ['time_decay', 'markov', 'shapley', 'uplift']) }}
{%- endmacro %}

{#- The models of the var that fct_attribution has no column for. -#}
{% macro custom_attribution_models() -%}
    {%- set columns = ['first_touch', 'last_touch', 'linear', 'position_based', 'w_shaped', 'full_path'] -%}
    {{ return(var('attribution_models').keys() | reject('in', columns) | list) }}
{%- endmacro %}
