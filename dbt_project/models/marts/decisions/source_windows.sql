-- Spend of one quarter wins customers in the next ones, so that a quarter is judged by the quarters up to it.
with

totals as (
    select * from {{ ref('source_totals_monthly') }}
),

by_quarter as (
    select
        {{ quarter_of('month') }} as quarter,
        source,
        attribution_model,
        min(month) as first_month,
        sum(cast(investment as decimal(28, 6))) as investment,
        sum(cast(leads as decimal(28, 9))) as leads,
        sum(cast(customers as decimal(28, 9))) as customers,
        sum(pipeline) as pipeline
    from totals
    group by {{ quarter_of('month') }}, source, attribution_model
),

first_months as (
    select
        source,
        min(first_month) as month
    from by_quarter
    group by source
),

-- Every quarter of the window, of all sources: the others are needed for the share of the pipeline.
windows as (
    select
        by_quarter.quarter,
        by_quarter.source,
        by_quarter.attribution_model,
        sum(case when in_window.source = by_quarter.source then in_window.investment else 0 end) as investment,
        sum(case when in_window.source = by_quarter.source then in_window.leads else 0 end) as leads,
        sum(case when in_window.source = by_quarter.source then in_window.customers else 0 end) as customers,
        sum(case when in_window.source = by_quarter.source then in_window.pipeline else 0 end) as pipeline,
        sum(in_window.pipeline) as pipeline_of_all_sources
    from by_quarter
    inner join by_quarter as in_window
        on
            by_quarter.attribution_model = in_window.attribution_model
            and {{ is_in_window('in_window.quarter', 'by_quarter.quarter') }}
    group by by_quarter.quarter, by_quarter.source, by_quarter.attribution_model
),

final as (
    select
        windows.quarter,
        windows.source,
        windows.attribution_model,
        cast({{ whole_months_between(
            'first_months.month', 'least(' ~ next_quarter('windows.quarter') ~ ', ' ~ as_of_date() ~ ' + 1)'
        ) }} as integer) as months_of_evidence,
        cast(windows.investment as decimal(28, 6)) as investment,
        cast(windows.leads as double) as leads,
        cast(windows.customers as double) as customers,
        {{ ratio('windows.pipeline', 'windows.pipeline_of_all_sources') }} as pipeline_share
    from windows
    inner join first_months on windows.source = first_months.source
)

select * from final
