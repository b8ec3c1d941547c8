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
        {{ ratio('churned_customers', 'months_at_risk') }} as churn_rate
    from margins
),

overall as (
    select
        attribution_model,
        coalesce({{ ratio(
            'sum(cast(churned_customers as decimal(28, 12)))', 'sum(cast(months_at_risk as decimal(28, 12)))'
        ) }}, 0) as churn_rate
    from margins
    group by attribution_model
),

-- The churn rate that the shrunk curve stands for, the source's own, and the ends of the score interval of the latter.
-- Without customer-months at risk a source has no rate of its own and no upper end.
churn_rates as (
    select
        monthly.attribution_model,
        monthly.source,
        (
            monthly.customers * coalesce(monthly.churn_rate, 0) + {{ var('shrinkage_customers') }} * overall.churn_rate
        ) / (monthly.customers + {{ var('shrinkage_customers') }}) as curve_rate,
        monthly.churn_rate as own_rate,
        coalesce({{ ratio(count_low('monthly.churned_customers'), 'monthly.months_at_risk') }}, 0) as lowest_rate,
        {{ ratio(count_high('monthly.churned_customers'), 'monthly.months_at_risk') }} as highest_rate
    from monthly
    inner join overall on monthly.attribution_model = overall.attribution_model
),

-- The share still there in each month: on the shrunk curve, and with its churn rate replaced by each of the others.
kept as (
    select
        curves.attribution_model,
        curves.source,
        curves.retention,
        case
            when curves.month_number = 0 then curves.retention
            when churn_rates.highest_rate is null then 0
            else
                least(
                    curves.retention
                    * exp((churn_rates.curve_rate - churn_rates.highest_rate) * curves.month_number),
                    1
                )
        end as retention_low,
        least(
            curves.retention
            * exp(
                (churn_rates.curve_rate - coalesce(churn_rates.own_rate, churn_rates.curve_rate)) * curves.month_number
            ),
            1
        ) as retention_own,
        least(curves.retention * exp((churn_rates.curve_rate - churn_rates.lowest_rate) * curves.month_number), 1)
            as retention_high,
        power(1 + {{ var('ltv_annual_discount_rate') }}, -curves.month_number / 12.0) as discount_factor
    from curves
    inner join churn_rates
        on curves.attribution_model = churn_rates.attribution_model and curves.source = churn_rates.source
),

expected as (
    select
        attribution_model,
        source,
        cast(sum(cast(retention * discount_factor as decimal(28, 12))) as double) as expected_months,
        cast(sum(cast(retention_low * discount_factor as decimal(28, 12))) as double) as expected_months_low,
        cast(sum(cast(retention_own * discount_factor as decimal(28, 12))) as double) as expected_months_own,
        cast(sum(cast(retention_high * discount_factor as decimal(28, 12))) as double) as expected_months_high
    from kept
    group by attribution_model, source
),

-- Recurring margin times the months expected; a one-off margin is not expected again.
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
        monthly.churn_rate
    from monthly
    inner join expected
        on monthly.attribution_model = expected.attribution_model and monthly.source = expected.source
)

select * from final
