-- Method: two independent errors add in quadrature on the log scale (times_or_divided): how much margins vary between
-- customers, and how precisely the customers lost so far give the churn rate.
{%- set z = var('interval_z') -%}
{%- set k = var('shrinkage_customers') %}
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

-- Distance of each customer's margin from its source's average, in lifetime values: the one-off margin, and the
-- recurring margin beyond the source's monthly margin for as many months, carried over the months expected.
deviations as (
    select
        shares.attribution_model,
        shares.source,
        shares.share,
        margins.degrees_of_freedom,
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

spreads as (
    select
        attribution_model,
        source,
        sum(cast(share * least(power(deviation, 2), 1e6) as decimal(28, 12))) as squares,
        max(cast(degrees_of_freedom as decimal(28, 12))) as degrees
    from deviations
    group by attribution_model, source
),

-- Shrunk towards the variance of all sources, as if `shrinkage_customers` more of their customers had been seen.
variances as (
    select
        lifetime_values.*,
        {{ ratio(
            'cast(spreads.squares as double) + ' ~ k ~ ' * ' ~ ratio(
                'sum(spreads.squares) over (partition by spreads.attribution_model)',
                'sum(spreads.degrees) over (partition by spreads.attribution_model)'
            ),
            'spreads.degrees + ' ~ k
        ) }} as variance
    from lifetime_values
    inner join spreads
        on lifetime_values.attribution_model = spreads.attribution_model and lifetime_values.source = spreads.source
),

-- The lifetime value at the source's own churn rate and at the ends of its interval; where the monthly margin is
-- negative, the higher churn rate gives the higher value.
bounds as (
    select
        *,
        sqrt(variance) as margin_variation,
        {{ z }} * sqrt(variance / customers) as margin_error,
        one_off_margin + monthly_margin * expected_months_own as ltv_own,
        one_off_margin + least(monthly_margin * expected_months_low, monthly_margin * expected_months_high) as ltv_low,
        one_off_margin + greatest(monthly_margin * expected_months_low, monthly_margin * expected_months_high)
            as ltv_high
    from variances
),

-- Around the value at the source's own churn rate; at least as wide as the margin error around the projected value,
-- which rests on the shrunk curve.
final as (
    select
        attribution_model,
        source,
        customers,
        projected_ltv,
        round(margin_variation, 9) as margin_variation,
        case
            when ltv_low > 0 and margin_error is not null
                then
                    round(least(
                        ltv_own * {{ times_or_divided(['ln(ltv_own / ltv_low)', 'margin_error'], '-') }},
                        projected_ltv * {{ times_or_divided(['margin_error'], '-') }}
                    ), 6)
        end as projected_ltv_low,
        case
            when ltv_low > 0 and margin_error is not null
                then
                    round(greatest(
                        ltv_own * {{ times_or_divided(['ln(ltv_high / ltv_own)', 'margin_error'], '+') }},
                        projected_ltv * {{ times_or_divided(['margin_error'], '+') }}
                    ), 6)
        end as projected_ltv_high
    from bounds
)

select * from final
