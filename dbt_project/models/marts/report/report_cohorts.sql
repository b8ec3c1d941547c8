with

performance as (
    select * from {{ ref('source_performance_monthly') }}
),

expected_by_month as (
    select * from {{ ref('source_expected_customers') }}
),

scopes as (
    select * from {{ ref('int_report_scopes') }}
),

periods as (
    select * from {{ ref('report_periods') }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
    where known_on = {{ as_of_date() }}
),

months as (
    select
        performance.month, performance.source, performance.attribution_model, performance.investment,
        performance.margin, performance.cohort_margin,
        expected_by_month.leads, expected_by_month.customers, expected_by_month.maturity_share,
        expected_by_month.customers_to_come, expected_by_month.customers_to_come_low,
        expected_by_month.customers_to_come_high
    from performance
    left join expected_by_month
        on
            performance.month = expected_by_month.month
            and performance.source = expected_by_month.source
            and performance.attribution_model = expected_by_month.attribution_model
),

-- Decimals, so that no sum depends on the order of its rows.
summed as (
    select
        periods.period_kind, periods.quarter, periods.period_start,
        scopes.category, scopes.source_type, scopes.source, months.attribution_model,
        cast(sum(months.investment) as decimal(28, 6)) as investment,
        cast(sum(cast(months.margin as decimal(28, 6))) as double) as margin,
        cast(sum(cast(months.cohort_margin as decimal(28, 6))) as double) as cohort_margin,
        {{ sum_of_cohorts() }}
    from months
    inner join scopes on months.source = scopes.member
    inner join periods on months.month between periods.period_start and periods.period_end
    group by
        periods.period_kind, periods.quarter, periods.period_start,
        scopes.category, scopes.source_type, scopes.source, months.attribution_model
),

figures as (
    select
        summed.period_kind, summed.quarter, summed.period_start, summed.category, summed.source_type, summed.source,
        summed.attribution_model, summed.investment, coalesce(summed.customers, 0) as cohort_customers, summed.margin,
        summed.cohort_margin, intervals.margin_variation,
        {{ cohort_figures('summed') }}
    from summed
    left join intervals
        on summed.source = intervals.source and summed.attribution_model = intervals.attribution_model
),

final as (
    select
        period_kind, quarter, period_start, category, source_type, source, attribution_model, investment,
        cohort_customers, maturity_share, is_mature, expected_customers, expected_customers_low,
        expected_customers_high,
        {{ ratio('investment', 'expected_customers') }} as expected_cohort_cac,
        {{ cost_per_expected('investment', 'expected_customers_low', 'expected_customers_high', '-') }}
            as expected_cohort_cac_low,
        {{ cost_per_expected('investment', 'expected_customers_low', 'expected_customers_high', '+') }}
            as expected_cohort_cac_high,
        {{ ratio('cohort_margin - cast(investment as double)', 'investment') }} as roi,
        {{ return_end('cohort_margin', 'investment', 'cohort_customers', 'margin_variation', '-') }} as roi_low,
        {{ return_end('cohort_margin', 'investment', 'cohort_customers', 'margin_variation', '+') }} as roi_high,
        {{ ratio('margin - cast(investment as double)', 'investment') }} as first_deal_roi
    from figures
)

select * from final
