{#- Places of the stages: the way ahead first, then the exits. Stages entered at the same moment follow in this order. -#}
{% macro stage_place(stage) -%}
    case {{ stage }}
        {%- for name in ['lead', 'mql', 'sql', 'opportunity', 'customer', 'disqualified', 'recycled'] %}
        when '{{ name }}' then {{ loop.index }}
        {%- endfor %}
    end
{%- endmacro %}

{#- Whether a stage is on the way to becoming a customer. -#}
{% macro is_stage_ahead(stage) -%}
    {{ stage }} not in ('disqualified', 'recycled')
{%- endmacro %}
