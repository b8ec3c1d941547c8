with

investment as (
    select * from {{ ref('int_investment_daily') }}
),

models as (
    select * from {{ ref('int_attribution_models') }}
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

spent as (
    select
        source,
        sum(amount) as investment
    from investment
    group by source
),

known_sources as (
    select source from spent
    union
    select source from lifetime_values
),

costed as (
    select
        known_sources.source,
        models.attribution_model,
        coalesce(spent.investment, 0) as investment,
        coalesce(lifetime_values.customers, 0) as customers,
        {{ ratio('coalesce(spent.investment, 0)', 'lifetime_values.customers') }} as cac,
        -- Refunded spend on balance buys no customer.
        {{ ratio('case when spent.investment > 0 then spent.investment end', 'lifetime_values.customers') }}
            as paid_cac,
        {{ cost_per('coalesce(spent.investment, 0)', 'coalesce(lifetime_values.customers, 0)', '-') }} as cac_low,
        {{ cost_per('coalesce(spent.investment, 0)', 'coalesce(lifetime_values.customers, 0)', '+') }} as cac_high,
        {{ ratio('margins.margin', 'margins.customers') }} as realised_ltv,
        lifetime_values.projected_ltv,
        lifetime_values.ltv_subscriptions,
        lifetime_values.ltv_purchases,
        {{ ratio('margins.first_deals', 'margins.customers') }} as average_contract_value,
        margins.median_contract_value,
        {{ ratio('margins.churned_customers', 'margins.months_at_risk') }} as churn_rate
    from known_sources
    cross join models
    left join spent on known_sources.source = spent.source
    left join lifetime_values
        on
            known_sources.source = lifetime_values.source
            and models.attribution_model = lifetime_values.attribution_model
    left join margins
        on known_sources.source = margins.source and models.attribution_model = margins.attribution_model
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
            and costed.cac <= cumulated_margins.cumulated_margin
    group by costed.source, costed.attribution_model
),

final as (
    select
        costed.source,
        costed.attribution_model,
        cast(costed.investment as decimal(28, 6)) as investment,
        costed.customers,
        costed.cac,
        costed.cac_low,
        costed.cac_high,
        costed.realised_ltv,
        costed.projected_ltv,
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
)

select * from final
