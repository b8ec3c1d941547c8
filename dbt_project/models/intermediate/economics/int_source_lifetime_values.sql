{%- set discount = 'power(1 + ' ~ var('ltv_annual_discount_rate') ~ ', curves.month_number / 12.0)' -%}
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

-- How much faster or slower than on the curve customers may be lost: the source's own losses, as a count that came by
-- chance, against the average loss that the curve, drawn towards everybody's, stands for. Without a month in which a
-- loss could have shown there is no fastest.
speeds as (
    select
        monthly.attribution_model,
        monthly.source,
        (
            monthly.customers * monthly.loss_rate + {{ var('shrinkage_customers') }} * everybody.loss_rate
        ) / (monthly.customers + {{ var('shrinkage_customers') }}) as loss_rate,
        {{ ratio(count_low('monthly.losses'), 'monthly.months_at_risk') }} as loss_rate_low,
        {{ ratio(count_high('monthly.losses'), 'monthly.months_at_risk') }} as loss_rate_high
    from monthly
    inner join everybody on monthly.attribution_model = everybody.attribution_model
),

-- Month by month, discounted: the share still there, and what it is at either speed.
kept as (
    select
        curves.attribution_model,
        curves.source,
        curves.retention / {{ discount }} as months,
        curves.retention / {{ discount }} * case
            when curves.month_number = 0 then 1
            when speeds.loss_rate_high is null then 0
            else exp(-greatest(speeds.loss_rate_high - speeds.loss_rate, 0) * curves.month_number)
        end as months_low,
        least(
            curves.retention
            * exp(greatest(speeds.loss_rate - coalesce(speeds.loss_rate_low, 0), 0) * curves.month_number),
            1
        ) / {{ discount }} as months_high
    from curves
    inner join speeds on curves.attribution_model = speeds.attribution_model and curves.source = speeds.source
),

expected as (
    select
        attribution_model,
        source,
        cast(sum(cast(months as decimal(28, 12))) as double) as expected_months,
        cast(sum(cast(months_low as decimal(28, 12))) as double) as expected_months_low,
        cast(sum(cast(months_high as decimal(28, 12))) as double) as expected_months_high
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
        expected.expected_months_high,
        {{ ratio('monthly.margin', 'monthly.customers') }} as realised_ltv,
        monthly.one_off_margin + monthly.monthly_margin * expected.expected_months as projected_ltv,
        {{ ratio('monthly.first_deals', 'monthly.customers') }} as average_contract_value,
        {{ ratio('monthly.losses', 'monthly.months_at_risk') }} as churn_rate
    from monthly
    inner join expected
        on monthly.attribution_model = expected.attribution_model and monthly.source = expected.source
)

select * from final
