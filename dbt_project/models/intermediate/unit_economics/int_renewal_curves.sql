-- Method: the chance to stay is the product of those of not leaving at each renewal so far, at the source's ratio to
-- the rates of all sources, at its own one, and at the ends of the interval of that: the number of losses, and how
-- the rate declines, are known only so well, and these errors add in quadrature. At worst the decline is that of a
-- source at the high end of its ratio, as one without losses has no decline of its own to be wrong about.
{% set z = var('interval_z') %}
{% set kinds = ['', '_own', '_low', '_high'] %}
with

rates as (
    select * from {{ ref('int_way_rates') }}
),

-- Without renewals decided, all may leave at the first one, or none.
ratios as (
    select
        known_on,
        attribution_model,
        source,
        way,
        billing_months,
        ratio,
        coalesce(own_ratio, ratio) as own_ratio,
        ratio_low,
        coalesce(ratio_high, 1e9) as ratio_high
    from {{ ref('int_source_way_ratios') }}
    where billing_months is not null
),

losses as (
    select
        ratios.known_on,
        ratios.attribution_model,
        ratios.source,
        ratios.way,
        ratios.billing_months,
        rates.step_number,
        rates.rate * ratios.ratio as loss,
        rates.rate * ratios.own_ratio as loss_own,
        rates.rate * ratios.own_ratio + sqrt(
            power(rates.rate * (ratios.ratio_high - ratios.own_ratio), 2)
            + power({{ z }} * rates.rate_error * ratios.ratio_high, 2)
        ) as loss_low,
        greatest(rates.rate * ratios.own_ratio - sqrt(
            power(rates.rate * (ratios.own_ratio - ratios.ratio_low), 2)
            + power({{ z }} * rates.rate_error * ratios.own_ratio, 2)
        ), 0) as loss_high
    from ratios
    inner join rates
        on
            ratios.known_on = rates.known_on
            and ratios.attribution_model = rates.attribution_model
            and ratios.way = rates.way
),

-- The logarithm of 0 is kept finite.
final as (
    select
        known_on,
        attribution_model,
        source,
        way,
        billing_months,
        {%- for kind in kinds %}
        round(sum(ln(greatest(1 - loss{{ kind }}, 1e-300))) over (
            partition by known_on, attribution_model, source, way order by step_number
            rows between unbounded preceding and current row
        ), 12) as log_kept{{ kind }},
        {%- endfor %}
        step_number
    from losses
)

select * from final
