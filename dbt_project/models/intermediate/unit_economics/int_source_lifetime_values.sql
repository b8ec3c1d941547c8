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
        {{ ratio('margin - recurring_margin', 'customers') }} as one_off_margin,
        coalesce({{ ratio('losses', 'months_at_risk') }}, 0) as loss_rate
    from margins
),

everybody as (
    select
        attribution_model,
        coalesce({{ ratio(
            'sum(cast(losses as decimal(28, 12)))', 'sum(cast(months_at_risk as decimal(28, 12)))'
        ) }}, 0) as loss_rate
    from margins
    group by attribution_model
),

-- How fast customers are lost: on the curve, which is drawn towards everybody's; by the source's own losses; and by the
-- fewest and the most that these stand for, as a count that came by chance. Before a month in which a loss could have
-- shown, a source has no speed of its own, and no fastest.
speeds as (
    select
        monthly.attribution_model,
        monthly.source,
        (
            monthly.customers * monthly.loss_rate + {{ var('shrinkage_customers') }} * everybody.loss_rate
        ) / (monthly.customers + {{ var('shrinkage_customers') }}) as curve_rate,
        {{ ratio('monthly.losses', 'monthly.months_at_risk') }} as own_rate,
        coalesce({{ ratio(count_low('monthly.losses'), 'monthly.months_at_risk') }}, 0) as lowest_rate,
        {{ ratio(count_high('monthly.losses'), 'monthly.months_at_risk') }} as highest_rate
    from monthly
    inner join everybody on monthly.attribution_model = everybody.attribution_model
),

-- Month by month the share still there, on the curve and bent to each speed.
kept as (
    select
        curves.attribution_model,
        curves.source,
        curves.retention,
        case
            when curves.month_number = 0 then curves.retention
            when speeds.highest_rate is null then 0
            else
                least(curves.retention * exp((speeds.curve_rate - speeds.highest_rate) * curves.month_number), 1)
        end as retention_low,
        least(
            curves.retention
            * exp((speeds.curve_rate - coalesce(speeds.own_rate, speeds.curve_rate)) * curves.month_number),
            1
        ) as retention_own,
        least(curves.retention * exp((speeds.curve_rate - speeds.lowest_rate) * curves.month_number), 1)
            as retention_high,
        power(1 + {{ var('ltv_annual_discount_rate') }}, -curves.month_number / 12.0) as worth
    from curves
    inner join speeds on curves.attribution_model = speeds.attribution_model and curves.source = speeds.source
),

expected as (
    select
        attribution_model,
        source,
        cast(sum(cast(retention * worth as decimal(28, 12))) as double) as expected_months,
        cast(sum(cast(retention_low * worth as decimal(28, 12))) as double) as expected_months_low,
        cast(sum(cast(retention_own * worth as decimal(28, 12))) as double) as expected_months_own,
        cast(sum(cast(retention_high * worth as decimal(28, 12))) as double) as expected_months_high
    from kept
    group by attribution_model, source
),

-- What comes by period while active, times the months expected. What came once is not expected to come again.
final as (
    select
        monthly.attribution_model,
        monthly.source,
        monthly.customers,
        monthly.monthly_margin,
        monthly.one_off_margin,
        expected.expected_months,
        expected.expected_months_low,
        expected.expected_months_own,
        expected.expected_months_high,
        {{ ratio('monthly.margin', 'monthly.customers') }} as realised_ltv,
        monthly.one_off_margin + monthly.monthly_margin * expected.expected_months as projected_ltv,
        {{ ratio('monthly.first_deals', 'monthly.customers') }} as average_contract_value,
        monthly.median_contract_value,
        {{ ratio('monthly.losses', 'monthly.months_at_risk') }} as churn_rate
    from monthly
    inner join expected
        on monthly.attribution_model = expected.attribution_model and monthly.source = expected.source
)

select * from final
