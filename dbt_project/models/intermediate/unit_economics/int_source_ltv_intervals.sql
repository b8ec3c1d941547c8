-- Method: how much customers differ in what they bring (and how their purchases decline), and how precisely the
-- renewals so far give the chance of further ones. These errors add up on the log scale, as they come from the same
-- customers: who left early brought little, too.
{%- set z = var('interval_z') -%}
{%- set k = var('shrinkage_customers') %}
with

lifetime_values as (
    select * from {{ ref('int_source_lifetime_values') }}
    where projected_ltv > 0 and customers >= 1
),

customers as (
    select * from {{ ref('int_source_known_customers') }}
),

spreads as (
    select * from {{ ref('int_source_value_spreads') }}
),

relative as (
    select
        lifetime_values.*,
        customers.degrees_of_freedom,
        spreads.squares / power(lifetime_values.projected_ltv, 2) as squares
    from lifetime_values
    inner join customers
        on
            lifetime_values.known_on = customers.known_on
            and lifetime_values.attribution_model = customers.attribution_model
            and lifetime_values.source = customers.source
    inner join spreads
        on
            lifetime_values.known_on = spreads.known_on
            and lifetime_values.attribution_model = spreads.attribution_model
            and lifetime_values.source = spreads.source
),

-- Shrunk towards the variance of all sources, as if `shrinkage_customers` more of their customers had been seen. To
-- that variance each source adds at most a spread of three times its value: one with large refunds says little of the
-- others.
variances as (
    select
        *,
        {{ ratio(
            'least(squares, 1e6) + ' ~ k ~ ' * ' ~ ratio(
                'sum(cast(least(squares, 9 * degrees_of_freedom) as decimal(28, 12)))'
                ~ ' over (partition by known_on, attribution_model)',
                'sum(cast(degrees_of_freedom as decimal(28, 12))) over (partition by known_on, attribution_model)'
            ),
            'degrees_of_freedom + ' ~ k
        ) }} as variance
    from relative
),

-- At most a factor of e^10, so that ends stay amounts.
errors as (
    select
        *,
        sqrt(variance) as margin_variation,
        least({{ z }} * (sqrt(variance / customers) + purchase_error_low / projected_ltv), 10) as error_low,
        least({{ z }} * (sqrt(variance / customers) + purchase_error / projected_ltv), 10) as error_high
    from variances
    where variance is not null
),

-- Around the value at the source's own renewals; at least as wide as the first error around the projected value, which
-- rests on the shrunk chances.
final as (
    select
        known_on,
        attribution_model,
        source,
        customers,
        projected_ltv,
        round(margin_variation, 9) as margin_variation,
        case
            when own_ltv_low > 0
                then
                    round(least(
                        own_ltv * {{ times_or_divided(['(ln(own_ltv / own_ltv_low) + error_low)'], '-') }},
                        projected_ltv * {{ times_or_divided(['error_low'], '-') }}
                    ), 6)
        end as projected_ltv_low,
        case
            when own_ltv_low > 0
                then
                    round(greatest(
                        own_ltv * {{ times_or_divided(['(ln(own_ltv_high / own_ltv) + error_high)'], '+') }},
                        projected_ltv * {{ times_or_divided(['error_high'], '+') }}
                    ), 6)
        end as projected_ltv_high
    from errors
)

select * from final
