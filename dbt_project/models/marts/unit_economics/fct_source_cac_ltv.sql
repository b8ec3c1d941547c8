with

acquisition as (
    select * from {{ ref('source_acquisition') }}
),

margins as (
    select * from {{ ref('int_source_margins') }}
),

lifetime_values as (
    select * from {{ ref('int_source_lifetime_values') }}
    where known_on = {{ as_of_date() }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
    where known_on = {{ as_of_date() }}
),

recurring as (
    select * from {{ ref('int_source_recurring_revenue') }}
),

cumulated_margins as (
    select * from {{ ref('int_source_cumulated_margins') }}
    where known_on = {{ as_of_date() }}
),

costed as (
    select
        acquisition.*,
        -- Refunded spend on balance buys no customer.
        case when acquisition.cac_investment > 0 then acquisition.cac end as paid_cac,
        {{ ratio('margins.margin', 'margins.customers') }} as realised_ltv,
        lifetime_values.projected_ltv,
        lifetime_values.ltv_subscriptions,
        lifetime_values.ltv_purchases,
        {{ ratio('margins.first_deals', 'margins.customers') }} as average_contract_value,
        margins.median_contract_value,
        {{ ratio('margins.churned_customers', 'margins.months_at_risk') }} as churn_rate
    from acquisition
    left join lifetime_values
        on
            acquisition.source = lifetime_values.source
            and acquisition.attribution_model = lifetime_values.attribution_model
    left join margins
        on acquisition.source = margins.source and acquisition.attribution_model = margins.attribution_model
),

paybacks as (
    select
        costed.source,
        costed.attribution_model,
        min(cumulated_margins.month_number) + 1 as payback_months
    from costed
    inner join cumulated_margins
        on
            costed.source = cumulated_margins.source
            and costed.attribution_model = cumulated_margins.attribution_model
            and costed.cac between 0 and cumulated_margins.cumulated_margin
    group by costed.source, costed.attribution_model
),

figures as (
    select
        costed.source,
        costed.attribution_model,
        {%- for figure in [
            'investment', 'customers', 'maturity_share', 'is_mature', 'expected_customers', 'expected_customers_low',
            'expected_customers_high', 'cac', 'cac_low', 'cac_high', 'cac_if_unclear_shared', 'cac_basis',
            'cac_investment', 'cac_customers', 'cac_maturity_share', 'cac_calendar', 'cac_calendar_low',
            'cac_calendar_high', 'realised_ltv', 'projected_ltv',
        ] %}
        costed.{{ figure }},
        {%- endfor %}
        intervals.projected_ltv_low,
        intervals.projected_ltv_high,
        costed.ltv_subscriptions,
        costed.ltv_purchases,
        {{ ratio('costed.projected_ltv', 'costed.paid_cac') }} as ltv_cac_ratio,
        {{ ltv_cac_end(
            'costed.projected_ltv', 'intervals.projected_ltv_low', 'costed.paid_cac', 'costed.cac_high', '-'
        ) }} as ltv_cac_low,
        {{ ltv_cac_end(
            'costed.projected_ltv', 'intervals.projected_ltv_high', 'costed.paid_cac', 'costed.cac_high', '+'
        ) }} as ltv_cac_high,
        cast(paybacks.payback_months as integer) as payback_months,
        costed.average_contract_value,
        costed.median_contract_value,
        costed.churn_rate,
        recurring.nrr,
        recurring.grr,
        recurring.nrr_annualised,
        recurring.grr_annualised,
        recurring.expansion_rate
    from costed
    left join intervals
        on costed.source = intervals.source and costed.attribution_model = intervals.attribution_model
    left join recurring
        on costed.source = recurring.source and costed.attribution_model = recurring.attribution_model
    left join paybacks
        on costed.source = paybacks.source and costed.attribution_model = paybacks.attribution_model
),

final as (
    select
        *,
        ltv_cac_ratio - 1 as projected_roi,
        ltv_cac_low - 1 as projected_roi_low,
        ltv_cac_high - 1 as projected_roi_high
    from figures
)

select * from final
