with

margins as (
    select * from {{ ref('int_source_margins') }}
),

curves as (
    select * from {{ ref('int_retention_curves') }}
),

monthly as (
    select
        *,
        {{ ratio('recurring_margin', 'active_months') }} as monthly_margin,
        {{ ratio('margin - recurring_margin', 'customers') }} as one_off_margin
    from margins
),

-- Month by month: what comes by period while active, times the share still there, discounted. What came once is not
-- expected to come again.
expected as (
    select
        curves.attribution_model,
        curves.source,
        curves.month_number,
        monthly.monthly_margin * curves.retention
        / power(1 + {{ var('ltv_annual_discount_rate') }}, curves.month_number / 12.0) as margin
    from curves
    inner join monthly
        on curves.attribution_model = monthly.attribution_model and curves.source = monthly.source
),

sums as (
    select
        attribution_model,
        source,
        sum(cast(margin as decimal(28, 12))) as projected_ltv
    from expected
    group by attribution_model, source
),

final as (
    select
        monthly.attribution_model,
        monthly.source,
        monthly.customers,
        monthly.monthly_margin,
        monthly.one_off_margin,
        {{ ratio('monthly.margin', 'monthly.customers') }} as realised_ltv,
        monthly.one_off_margin + cast(sums.projected_ltv as double) as projected_ltv,
        {{ ratio('monthly.first_deals', 'monthly.customers') }} as average_contract_value,
        {{ ratio('monthly.losses', 'monthly.months_at_risk') }} as churn_rate
    from monthly
    inner join sums
        on monthly.attribution_model = sums.attribution_model and monthly.source = sums.source
)

select * from final
