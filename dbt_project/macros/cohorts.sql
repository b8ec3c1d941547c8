{#-
    One end of the 95% interval of the customers that leads become in the end: those so far, and those to come. These are a
    random number, and `to_come_end` is what the same end of their rate makes of them.
-#}
{% macro expected_customers_end(count, to_come, to_come_end, sign) -%}
    {%- set variance = 'power(' ~ var('interval_z') ~ ', 2) * ' ~ to_come -%}
    {%- set error = 'sqrt(' ~ variance ~ ' + power(' ~ to_come_end ~ ' - ' ~ to_come ~ ', 2))' -%}
    case when {{ to_come }} is not null then round({{ count }} + greatest({{ to_come }} {{ sign }} {{ error }}, 0), 9) end
{%- endmacro %}

{#- One end of the 95% interval of a cost per something expected, from the ends of the latter's interval. -#}
{% macro cost_per_expected(cost, low, high, sign) -%}
    {%- set ends = [ratio(cost, high), ratio(cost, low)] -%}
    {%- if sign == '+' %}{% set ends = ends | reverse | list %}{% endif -%}
    round(case when {{ cost }} < 0 then {{ ends[1] }} else {{ ends[0] }} end, 6)
{%- endmacro %}

{#-
    The select list of how far cohorts have come, and how many customers are expected of them, from a relation with the
    columns of source_expected_customers.
-#}
{% macro cohort_figures(relation) -%}
    {%- set customers = relation ~ '.customers' -%}
    {%- set to_come = relation ~ '.customers_to_come' -%}
    {{ relation }}.maturity_share,
        coalesce({{ relation }}.maturity_share >= {{ var('cohort_min_maturity') }}, false) as is_mature,
        round({{ customers }} + {{ to_come }}, 9) as expected_customers,
        {{ expected_customers_end(customers, to_come, to_come ~ '_low', '-') }} as expected_customers_low,
        {{ expected_customers_end(customers, to_come, to_come ~ '_high', '+') }} as expected_customers_high
{%- endmacro %}

{#- The same columns of several cohorts together: customers add up, maturity is the mean over leads, else over months. -#}
{% macro sum_of_cohorts() -%}
    round(coalesce(
            {{ ratio('sum(cast(leads * maturity_share as decimal(28, 9)))', 'sum(cast(leads as decimal(28, 9)))') }},
            avg(cast(maturity_share as decimal(18, 9)))
        ), 9) as maturity_share
        {%- for count in ['customers', 'customers_to_come', 'customers_to_come_low', 'customers_to_come_high'] %},
        cast(sum(cast({{ count }} as decimal(28, 9))) as double) as {{ count }}
        {%- endfor %}
{%- endmacro %}
