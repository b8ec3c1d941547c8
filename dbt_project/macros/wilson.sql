{#-
    One end of the Wilson score interval of a share: `sign` is '-' for the low end, '+' for the high one. Null where
    there were no trials: `greatest` ignores nulls and would make it 0. z is the var `interval_z`.
    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
-#}
{% macro wilson(successes, trials, sign) -%}
    {%- set z = var('interval_z') -%}
    {%- set n = 'nullif(cast(' ~ trials ~ ' as double), 0)' -%}
    {%- set p = '(' ~ successes ~ ' / ' ~ n ~ ')' -%}
    case when {{ p }} is not null then round(least(greatest(
        ({{ p }} + {{ z }} * {{ z }} / (2 * {{ n }})
        {{ sign }} {{ z }} * sqrt(
            {{ p }} * (1 - {{ p }}) / {{ n }} + {{ z }} * {{ z }} / (4 * {{ n }} * {{ n }})
        )) / (1 + {{ z }} * {{ z }} / {{ n }}),
        0
    ), 1), 12) end
{%- endmacro %}
