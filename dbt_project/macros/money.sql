{#- An amount in the reporting currency; null where its currency has no rate, or where it is too large to be true. -#}
{% macro converted(amount, rate) -%}
    try_cast(cast({{ amount }} as decimal(20, 6)) * cast({{ rate }} as decimal(18, 10)) as decimal(18, 6))
{%- endmacro %}

{#- A quotient that is null, not an error or an infinity, where nothing is divided by. -#}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}
