with

totals as (
    select * from {{ ref('source_totals_monthly') }}
),

source_settings as (
    select * from {{ ref('source_settings') }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
    where known_on = {{ as_of_date() }}
),

expected as (
    select * from {{ ref('source_expected_customers') }}
),

earned as (
    select
        totals.*,
        cast(totals.revenue as double) * coalesce(source_settings.gross_margin_rate, {{ var('gross_margin_rate') }})
            as margin,
        intervals.margin_variation,
        {{ cohort_figures('expected') }}
    from totals
    left join expected
        on
            totals.month = expected.month
            and totals.source = expected.source
            and totals.attribution_model = expected.attribution_model
    left join source_settings on totals.source = source_settings.source
    left join intervals
        on totals.source = intervals.source and totals.attribution_model = intervals.attribution_model
),

final as (
    select
        month,
        source,
        attribution_model,
        {{ performance_figures() }}
    from earned
)

select * from final
