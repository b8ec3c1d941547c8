{%- set z = var('interval_z') -%}
{%- set k = var('shrinkage_customers') -%}
with

lifetime_values as (
    select * from {{ ref('int_source_lifetime_values') }}
    where projected_ltv > 0 and customers >= 1
),

margins as (
    select * from {{ ref('int_source_margins') }}
),

customers as (
    select * from {{ ref('int_customers') }}
),

shares as (
    select * from {{ ref('int_customer_shares') }}
),

-- How far each customer's margin is from its source's average, in lifetime values: what came once, and what came by
-- period beyond the source's monthly margin for as many months, carried over the months expected.
deviations as (
    select
        shares.attribution_model,
        shares.source,
        shares.share,
        (
            cast(customers.margin_to_date - customers.recurring_margin_to_date as double)
            - lifetime_values.one_off_margin
            + (
                cast(customers.recurring_margin_to_date as double)
                - lifetime_values.monthly_margin * customers.active_months
            ) * lifetime_values.expected_months * margins.customers / margins.active_months
        ) / lifetime_values.projected_ltv as deviation
    from shares
    inner join customers on shares.account_id = customers.account_id
    inner join lifetime_values
        on shares.attribution_model = lifetime_values.attribution_model and shares.source = lifetime_values.source
    inner join margins
        on shares.attribution_model = margins.attribution_model and shares.source = margins.source
),

-- Squares, and the customers they are of, less the one that the average itself takes.
spreads as (
    select
        deviations.attribution_model,
        deviations.source,
        sum(cast(deviations.share * least(power(deviations.deviation, 2), 1e6) as decimal(28, 12))) as squares,
        cast(
            greatest(max(margins.customers - margins.squared_shares / margins.customers), 0) as decimal(28, 12)
        ) as degrees
    from deviations
    inner join margins
        on deviations.attribution_model = margins.attribution_model and deviations.source = margins.source
    group by deviations.attribution_model, deviations.source
),

everybody as (
    select
        attribution_model,
        {{ ratio('sum(squares)', 'sum(degrees)') }} as variance
    from spreads
    group by attribution_model
),

variances as (
    select
        spreads.attribution_model,
        spreads.source,
        {{ ratio(
            'cast(spreads.squares as double) + ' ~ k ~ ' * everybody.variance', 'spreads.degrees + ' ~ k
        ) }} as variance
    from spreads
    inner join everybody on spreads.attribution_model = everybody.attribution_model
),

-- The spread of margins over the number of customers, as the logarithm of a factor; the lifetime value at each speed of
-- losses. Where refunds are over what comes by period, the faster the better.
parts as (
    select
        lifetime_values.attribution_model,
        lifetime_values.source,
        lifetime_values.projected_ltv,
        sqrt(variances.variance) as margin_variation,
        {{ z }} * sqrt(variances.variance / lifetime_values.customers) as margin_part,
        lifetime_values.one_off_margin
        + lifetime_values.monthly_margin * lifetime_values.expected_months_own as ltv_own,
        lifetime_values.one_off_margin + least(
            lifetime_values.monthly_margin * lifetime_values.expected_months_low,
            lifetime_values.monthly_margin * lifetime_values.expected_months_high
        ) as ltv_low,
        lifetime_values.one_off_margin + greatest(
            lifetime_values.monthly_margin * lifetime_values.expected_months_low,
            lifetime_values.monthly_margin * lifetime_values.expected_months_high
        ) as ltv_high
    from lifetime_values
    inner join variances
        on
            lifetime_values.attribution_model = variances.attribution_model
            and lifetime_values.source = variances.source
),

-- Around the value at the source's own speed; at least as far as the spread of margins reaches from the value shown,
-- which leans on everybody's curve.
final as (
    select
        attribution_model,
        source,
        round(margin_variation, 9) as margin_variation,
        case
            when ltv_low > 0 and margin_part is not null
                then
                    round(least(
                        ltv_own * {{ times_or_divided(['ln(ltv_own / ltv_low)', 'margin_part'], '-') }},
                        projected_ltv * {{ times_or_divided(['margin_part'], '-') }}
                    ), 6)
        end as projected_ltv_low,
        case
            when ltv_low > 0 and margin_part is not null
                then
                    round(greatest(
                        ltv_own * {{ times_or_divided(['ln(ltv_high / ltv_own)', 'margin_part'], '+') }},
                        projected_ltv * {{ times_or_divided(['margin_part'], '+') }}
                    ), 6)
        end as projected_ltv_high
    from parts
)

select * from final
