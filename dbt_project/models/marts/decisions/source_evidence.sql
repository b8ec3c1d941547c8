with

performance as (
    select * from {{ ref('source_performance_monthly') }}
),

lifetime_values as (
    select * from {{ ref('int_source_lifetime_values') }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
),

by_quarter as (
    select
        {{ quarter_of('month') }} as quarter,
        source,
        attribution_model,
        min(month) as first_month,
        sum(investment) as investment,
        sum(cast(leads as decimal(28, 9))) as leads,
        sum(cast(customers as decimal(28, 9))) as customers,
        sum(pipeline) as pipeline
    from performance
    group by {{ quarter_of('month') }}, source, attribution_model
),

windows as (
    select
        by_quarter.quarter,
        by_quarter.source,
        by_quarter.attribution_model,
        sum(in_window.investment) as investment,
        cast(sum(in_window.leads) as double) as leads,
        cast(sum(in_window.customers) as double) as customers,
        sum(in_window.pipeline) as pipeline
    from by_quarter
    inner join by_quarter as in_window
        on
            by_quarter.source = in_window.source
            and by_quarter.attribution_model = in_window.attribution_model
            and {{ is_in_window('in_window.quarter', 'by_quarter.quarter') }}
    group by by_quarter.quarter, by_quarter.source, by_quarter.attribution_model
),

quarters as (
    select distinct quarter from by_quarter
),

pipelines as (
    select
        quarters.quarter,
        by_quarter.attribution_model,
        sum(by_quarter.pipeline) as pipeline
    from quarters
    inner join by_quarter on {{ is_in_window('by_quarter.quarter', 'quarters.quarter') }}
    group by quarters.quarter, by_quarter.attribution_model
),

first_months as (
    select
        source,
        min(first_month) as month
    from by_quarter
    group by source
),

values_of_sources as (
    select
        lifetime_values.source,
        lifetime_values.attribution_model,
        lifetime_values.customers,
        lifetime_values.projected_ltv,
        intervals.projected_ltv_low,
        intervals.projected_ltv_high
    from lifetime_values
    left join intervals
        on
            lifetime_values.source = intervals.source
            and lifetime_values.attribution_model = intervals.attribution_model
),

everybody as (
    select
        attribution_model,
        {{ ratio(
            'sum(cast(customers * projected_ltv as decimal(28, 6)))', 'sum(cast(customers as decimal(28, 9)))'
        ) }} as projected_ltv,
        {{ ratio(
            'sum(cast(customers * projected_ltv_low as decimal(28, 6)))', 'sum(cast(customers as decimal(28, 9)))'
        ) }} as projected_ltv_low,
        {{ ratio(
            'sum(cast(customers * projected_ltv_high as decimal(28, 6)))', 'sum(cast(customers as decimal(28, 9)))'
        ) }} as projected_ltv_high
    from values_of_sources
    where projected_ltv_low is not null and projected_ltv_high is not null
    group by attribution_model
),

-- A customer of a source that has had none is worth what anybody's is. One that gave back more than it paid may turn
-- out worth as much at best.
valued as (
    select
        windows.quarter,
        windows.source,
        windows.attribution_model,
        {{ whole_months_between(
            'first_months.month', 'least(' ~ next_quarter('windows.quarter') ~ ', ' ~ as_of_date() ~ ' + 1)'
        ) }} as months_of_evidence,
        windows.investment,
        windows.leads,
        windows.customers,
        {{ ratio('windows.pipeline', 'pipelines.pipeline') }} as pipeline_share,
        coalesce(values_of_sources.projected_ltv, everybody.projected_ltv) as projected_ltv,
        case
            when values_of_sources.projected_ltv is null then everybody.projected_ltv_low
            else coalesce(values_of_sources.projected_ltv_low, least(values_of_sources.projected_ltv, 0))
        end as projected_ltv_low,
        coalesce(values_of_sources.projected_ltv_high, everybody.projected_ltv_high) as projected_ltv_high,
        -- Money that came back on balance buys nobody.
        case when windows.investment > 0 then windows.investment end as paid
    from windows
    inner join first_months on windows.source = first_months.source
    inner join pipelines
        on windows.quarter = pipelines.quarter and windows.attribution_model = pipelines.attribution_model
    left join values_of_sources
        on
            windows.source = values_of_sources.source
            and windows.attribution_model = values_of_sources.attribution_model
    left join everybody on windows.attribution_model = everybody.attribution_model
),

costed as (
    select
        *,
        {{ ratio('paid', 'customers') }} as cac,
        {{ cost_per('paid', 'customers', '-') }} as cac_low,
        {{ cost_per('paid', 'customers', '+') }} as cac_high
    from valued
),

-- Without customers, or without a value over 0, only the ends are known: no customer is worth nothing, and by bad luck
-- at most there were as many as cac_low says.
rated as (
    select
        *,
        {{ ratio('projected_ltv', 'cac') }} as ltv_cac_ratio,
        case
            when cac > 0 and projected_ltv_low > 0
                then {{ ratio('projected_ltv', 'cac') }} * {{ times_or_divided(
                    ['ln(projected_ltv / projected_ltv_low)', 'ln(cac_high / cac)'], '-'
                ) }}
            when cac_low > 0 and projected_ltv_low is not null then least(projected_ltv_low, 0) / cac_low
        end as ltv_cac_low,
        case
            when cac > 0 and projected_ltv > 0
                then {{ ratio('projected_ltv', 'cac') }} * {{ times_or_divided(
                    ['ln(projected_ltv_high / projected_ltv)', 'ln(cac / cac_low)'], '+'
                ) }}
            when cac_low > 0 and projected_ltv_high is not null then greatest(projected_ltv_high, 0) / cac_low
        end as ltv_cac_high
    from costed
),

final as (
    select
        quarter,
        source,
        attribution_model,
        cast(months_of_evidence as integer) as months_of_evidence,
        cast(investment as decimal(28, 6)) as investment,
        leads,
        customers,
        pipeline_share,
        projected_ltv,
        projected_ltv_low,
        projected_ltv_high,
        cac,
        cac_low,
        cac_high,
        ltv_cac_ratio,
        round(ltv_cac_low, 6) as ltv_cac_low,
        round(ltv_cac_high, 6) as ltv_cac_high
    from rated
)

select * from final
