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

{#-
    The select list of what a source brought and cost, the same for a month and a quarter. Needs the counts and amounts by
    name, `margin` (of revenue), `margin_variation` (int_source_ltv_intervals), and maturity and expected customers
    (source_expected_customers).
-#}
{% macro performance_figures() -%}
    cast(investment as decimal(28, 6)) as investment,
        leads,
        mqls,
        sqls,
        opportunities,
        customers,
        cohort_customers,
        maturity_share,
        is_mature,
        expected_customers,
        expected_customers_low,
        expected_customers_high,
        cast(cohort_margin as double) as cohort_margin,
        cast(pipeline as decimal(28, 10)) as pipeline,
        cast(revenue as decimal(28, 10)) as revenue,
        margin,
        {{ ratio('investment', 'leads') }} as cpl,
        {{ cost_per('investment', 'leads', '-') }} as cpl_low,
        {{ cost_per('investment', 'leads', '+') }} as cpl_high,
        {{ ratio('investment', 'mqls') }} as cost_per_mql,
        {{ cost_per('investment', 'mqls', '-') }} as cost_per_mql_low,
        {{ cost_per('investment', 'mqls', '+') }} as cost_per_mql_high,
        {{ ratio('investment', 'sqls') }} as cost_per_sql,
        {{ cost_per('investment', 'sqls', '-') }} as cost_per_sql_low,
        {{ cost_per('investment', 'sqls', '+') }} as cost_per_sql_high,
        {{ ratio('investment', 'opportunities') }} as cost_per_opportunity,
        {{ cost_per('investment', 'opportunities', '-') }} as cost_per_opportunity_low,
        {{ cost_per('investment', 'opportunities', '+') }} as cost_per_opportunity_high,
        {{ ratio('investment', 'customers') }} as cac_calendar,
        {{ cost_per('investment', 'customers', '-') }} as cac_calendar_low,
        {{ cost_per('investment', 'customers', '+') }} as cac_calendar_high,
        case when is_mature then {{ ratio('investment', 'cohort_customers') }} end as cohort_cac,
        case when is_mature then {{ cost_per('investment', 'cohort_customers', '-') }} end as cohort_cac_low,
        case when is_mature then {{ cost_per('investment', 'cohort_customers', '+') }} end as cohort_cac_high,
        {{ ratio('investment', 'expected_customers') }} as expected_cohort_cac,
        {{ cost_per_expected('investment', 'expected_customers_low', 'expected_customers_high', '-') }}
            as expected_cohort_cac_low,
        {{ cost_per_expected('investment', 'expected_customers_low', 'expected_customers_high', '+') }}
            as expected_cohort_cac_high,
        {%- for roi, earned, count in [
            ('roi', 'cohort_margin', 'cohort_customers'), ('first_deal_roi', 'margin', 'customers')
        ] %}
        {{ ratio(earned ~ ' - cast(investment as double)', 'investment') }} as {{ roi }},
        {{ return_end(earned, 'investment', count, 'margin_variation', '-') }} as {{ roi }}_low,
        {{ return_end(earned, 'investment', count, 'margin_variation', '+') }} as {{ roi }}_high{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}
