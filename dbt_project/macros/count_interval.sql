{#-
    The high end of the score interval of a count of random events (Poisson), counts by credit included. Its low end is
    count x count / high end, so that a quotient by the count has an interval of "times or divided by". z is the var
    `interval_z`.
-#}
{% macro count_high(count) -%}
    {%- set z = var('interval_z') -%}
    ({{ count }} + {{ z }} * {{ z }} / 2 + {{ z }} * sqrt({{ count }} + {{ z }} * {{ z }} / 4))
{%- endmacro %}

{#- The low end. -#}
{% macro count_low(count) -%}
    ({{ count }} * {{ count }} / {{ count_high(count) }})
{%- endmacro %}

{#-
    One end of the 95% interval of a cost per something counted: '-' is the low end, which a count of 0 has too (the upper
    bound of the count), '+' the high end, which it has not. Where refunds exceed the cost, the ends change places.
-#}
{% macro cost_per(cost, count, sign) -%}
    {%- set n = 'cast(' ~ count ~ ' as double)' -%}
    {%- set ends = [ratio(cost, count_high(n)), ratio(cost, count_low(n))] -%}
    {%- if sign == '+' %}{% set ends = ends | reverse | list %}{% endif -%}
    round(case when {{ cost }} < 0 then {{ ends[1] }} else {{ ends[0] }} end, 6)
{%- endmacro %}

{#-
    The factor of one end of an interval whose independent errors, each the logarithm of a factor, add in quadrature on the
    log scale. At most e^100, so that it stays a finite number. Of a `figure` below 0, the low end is the larger multiple.
-#}
{% macro times_or_divided(errors, sign, figure=none) -%}
    {%- set squares = [] -%}
    {%- for error in errors -%}
        {%- do squares.append('power(' ~ error ~ ', 2)') -%}
    {%- endfor -%}
    {%- set size = 'sqrt(' ~ squares | join(' + ') ~ ')' -%}
    exp({{ sign }}{{ 'sign(' ~ figure ~ ') * ' if figure }}case when {{ size }} > 100 then 100 else {{ size }} end)
{%- endmacro %}

{#- One end of the 95% interval of LTV:CAC, from the same end of the lifetime value and an end of the CAC. -#}
{% macro ltv_cac_end(ltv, ltv_end, cac, cac_end, sign) -%}
    round({{ ratio(ltv, cac) }} * {{ times_or_divided(
        [
            'ln(' ~ ltv ~ ' / nullif(' ~ ltv_end ~ ', 0))',
            'ln(' ~ cac_end ~ ' / nullif(' ~ cac ~ ', 0))',
        ],
        sign
    ) }}, 6)
{%- endmacro %}

{#-
    One end of the 95% interval of a return on investment. The margin earned is a number of customers times what each
    brings; both have an error, the latter by its `variation` between customers (int_source_ltv_intervals). Without
    customers the low end is -1, all lost. Null where the variation is not known, and where refunds exceed revenue.
-#}
{% macro return_end(margin, investment, count, variation, sign) -%}
    {%- set n = 'cast(' ~ count ~ ' as double)' -%}
    round(
        case
            when {{ margin }} > 0 and {{ count }} > 0
                then {{ ratio(margin, investment) }} * {{ times_or_divided(
                    ['ln(' ~ count_high(n) ~ ' / ' ~ n ~ ')', var('interval_z') ~ ' * ' ~ variation ~ ' / sqrt(' ~ n ~ ')'],
                    sign, investment
                ) }}
            {%- if sign == '-' %}
            when {{ margin }} = 0 and {{ investment }} > 0 then 0
            {%- endif %}
        end - 1, 6
    )
{%- endmacro %}

{#-
    One end of the 95% interval of a cost per customer whose `cost` is the part of a spend that has matured, a `maturity`
    share of it. Beside the count, that share is uncertain, as far as it is from 1.
-#}
{% macro matured_cost_end(cost, count, maturity, sign) -%}
    {%- set n = 'cast(' ~ count ~ ' as double)' -%}
    round(
            case
                when {{ count }} > 0
                    then {{ ratio(cost, count) }} * {{ times_or_divided(
                        ['ln(' ~ count_high(n) ~ ' / ' ~ n ~ ')', 'ln(' ~ maturity ~ ')'], sign, cost
                    ) }}
                when {{ cost }} {{ '>=' if sign == '-' else '<' }} 0
                    then {{ ratio(cost ~ ' * ' ~ maturity, count_high(n)) }}
            end, 6
        )
{%- endmacro %}
