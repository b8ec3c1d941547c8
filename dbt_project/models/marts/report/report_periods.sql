{%- set quarters_before = var('recommendation_window_quarters') - 1 -%}
with

totals as (
    select distinct month from {{ ref('source_totals_monthly') }}
),

bounds as (
    select
        min(month) as first_month,
        {{ as_of_date() }} as today
    from totals
),

quarters as (
    select distinct {{ quarter_of('month') }} as quarter from totals
),

dated as (
    select
        'month' as period_kind,
        {{ quarter_of('month') }} as quarter,
        month as period_start,
        cast(month + interval 1 month as date) as ends_before
    from totals
    union all
    select 'quarter' as period_kind, quarter, quarter as period_start, {{ next_quarter('quarter') }} as ends_before
    from quarters
    union all
    select
        'window' as period_kind,
        quarter,
        cast(quarter - interval 3 month * {{ quarters_before }} as date) as period_start,
        {{ next_quarter('quarter') }} as ends_before
    from quarters
    union all
    select
        'all' as period_kind,
        {{ quarter_of('today') }} as quarter,
        first_month as period_start,
        cast(today as date) + 1 as ends_before
    from bounds
    where first_month is not null
),

final as (
    select
        dated.period_kind,
        dated.quarter,
        dated.period_start,
        cast(dated.ends_before as date) - 1 as period_end,
        dated.ends_before <= cast(bounds.today as date) + 1 as is_over,
        dated.ends_before <= cast(bounds.today as date) + 1 and dated.period_start >= bounds.first_month as is_whole
    from dated
    cross join bounds
)

select * from final
