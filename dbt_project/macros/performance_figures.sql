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
