{#- An amount in the reporting currency; null without a rate, and where it does not fit the type. -#}
{% macro converted(amount, rate) -%}
    try_cast(cast({{ amount }} as decimal(20, 6)) * cast({{ rate }} as decimal(18, 10)) as decimal(18, 6))
{%- endmacro %}

{#- A quotient; null where the denominator is 0. -#}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}
