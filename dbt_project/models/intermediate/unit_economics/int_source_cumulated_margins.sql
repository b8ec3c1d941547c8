with

lifetime_values as (
    select * from {{ ref('int_source_lifetime_values') }}
),

curves as (
    select * from {{ ref('int_retention_curves') }}
),

-- Discounted like the projected lifetime value.
monthly as (
    select
        curves.attribution_model,
        curves.source,
        curves.month_number,
        lifetime_values.one_off_margin,
        lifetime_values.monthly_margin * curves.retention
        / power(1 + {{ var('ltv_annual_discount_rate') }}, curves.month_number / 12.0) as recurring_margin
    from curves
    inner join lifetime_values
        on
            curves.attribution_model = lifetime_values.attribution_model
            and curves.source = lifetime_values.source
),

final as (
    select
        attribution_model,
        source,
        month_number,
        one_off_margin + sum(recurring_margin) over (
            partition by attribution_model, source order by month_number
            rows between unbounded preceding and current row
        ) as cumulated_margin
    from monthly
)

select * from final
