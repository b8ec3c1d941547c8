with

investment as (
    select * from {{ ref('fct_investment_daily') }}
),

lifetime_values as (
    select * from {{ ref('int_source_lifetime_values') }}
),

intervals as (
    select * from {{ ref('int_source_ltv_intervals') }}
),

recurring as (
    select * from {{ ref('int_source_recurring_revenue') }}
),

curves as (
    select * from {{ ref('int_retention_curves') }}
),

models as (
    {%- for model in attribution_model_names() %}
    select '{{ model }}' as attribution_model
    {{- ' union all' if not loop.last }}
    {%- endfor %}
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

joined as (
    select
        known_sources.source,
        models.attribution_model,
        coalesce(spent.investment, 0) as investment,
        coalesce(lifetime_values.customers, 0) as customers,
        {{ ratio('coalesce(spent.investment, 0)', 'lifetime_values.customers') }} as cac,
        {{ cost_per('coalesce(spent.investment, 0)', 'coalesce(lifetime_values.customers, 0)', '-') }} as cac_low,
        {{ cost_per('coalesce(spent.investment, 0)', 'coalesce(lifetime_values.customers, 0)', '+') }} as cac_high,
        lifetime_values.monthly_margin,
        lifetime_values.one_off_margin,
        lifetime_values.realised_ltv,
        lifetime_values.projected_ltv,
        intervals.projected_ltv_low,
        intervals.projected_ltv_high,
        lifetime_values.average_contract_value,
        lifetime_values.median_contract_value,
        lifetime_values.churn_rate,
        recurring.nrr,
        recurring.grr,
        recurring.expansion_rate
    from known_sources
    cross join models
    left join spent on known_sources.source = spent.source
    left join lifetime_values
        on
            known_sources.source = lifetime_values.source
            and models.attribution_model = lifetime_values.attribution_model
    left join intervals
        on
            known_sources.source = intervals.source
            and models.attribution_model = intervals.attribution_model
    left join recurring
        on
            known_sources.source = recurring.source
            and models.attribution_model = recurring.attribution_model
),

-- Margin per customer by the end of each month of its life, discounted like the projection.
cumulated as (
    select
        joined.source,
        joined.attribution_model,
        joined.cac,
        curves.month_number + 1 as months,
        joined.one_off_margin + sum(
            joined.monthly_margin * curves.retention
            / power(1 + {{ var('ltv_annual_discount_rate') }}, curves.month_number / 12.0)
        ) over (
            partition by joined.source, joined.attribution_model order by curves.month_number
            rows between unbounded preceding and current row
        ) as margin
    from joined
    inner join curves
        on joined.source = curves.source and joined.attribution_model = curves.attribution_model
),

paid_back as (
    select
        source,
        attribution_model,
        min(months) as payback_months
    from cumulated
    where margin >= cac
    group by source, attribution_model
),

final as (
    select
        joined.source,
        joined.attribution_model,
        cast(joined.investment as decimal(28, 6)) as investment,
        joined.customers,
        joined.cac,
        joined.cac_low,
        joined.cac_high,
        joined.realised_ltv,
        joined.projected_ltv,
        joined.projected_ltv_low,
        joined.projected_ltv_high,
        {{ ratio('joined.projected_ltv', 'joined.cac') }} as ltv_cac_ratio,
        round({{ ratio('joined.projected_ltv', 'joined.cac') }} * {{ times_or_divided(
            ['ln(joined.projected_ltv / nullif(joined.projected_ltv_low, 0))', 'ln(joined.cac_high / nullif(joined.cac, 0))'], '-'
        ) }}, 6) as ltv_cac_low,
        round({{ ratio('joined.projected_ltv', 'joined.cac') }} * {{ times_or_divided(
            ['ln(joined.projected_ltv_high / joined.projected_ltv)', 'ln(joined.cac_high / nullif(joined.cac, 0))'], '+'
        ) }}, 6) as ltv_cac_high,
        cast(paid_back.payback_months as integer) as payback_months,
        joined.average_contract_value,
        joined.median_contract_value,
        joined.churn_rate,
        joined.nrr,
        joined.grr,
        joined.expansion_rate
    from joined
    left join paid_back
        on joined.source = paid_back.source and joined.attribution_model = paid_back.attribution_model
)

select * from final
