-- Method: the rate at which customers leave or buy again declines as mu / (1 + phi x steps), the longer they have
-- stayed (a beta-geometric loss, a gamma-mixed purchase rate). Each phi counts by its likelihood within sources
-- (Poisson, given a source's number of events), so that differences between sources are no decline.
{% set horizon, z = var('ltv_horizon_months'), var('interval_z') %}
with

cases as (
    -- Purchases decline from the third month on; the first two have rates of their own.
    select *, case when billing_months is null then step_number - 2 else step_number end as steps
    from {{ ref('int_way_evidence') }}
),

dispersions as (
    select * from {{ ref('int_way_dispersions') }}
),

candidates as (
    {%- for phi in var('decline_candidates') %}
    select cast({{ phi }} as double) as phi
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

by_source as (
    select
        cases.known_on, cases.attribution_model, cases.way, cases.billing_months, cases.source, candidates.phi,
        sum(cast(cases.events as decimal(28, 12))) as events,
        sum(cast(cases.chances / (1 + candidates.phi * cases.steps) as decimal(28, 12))) as weighted_chances,
        sum(cast(-cases.events * ln(1 + candidates.phi * cases.steps) as decimal(28, 12))) as log_weights
    from cases
    cross join candidates
    where cases.steps >= 0
    group by cases.known_on, cases.attribution_model, cases.way, cases.billing_months, cases.source, candidates.phi
),

-- Renewals have a weak prior, for periods that were hardly ever up for renewal.
fits as (
    select
        known_on, attribution_model, way, billing_months, phi,
        sum(cast(
            case when events > 0 then log_weights - events * ln(cast(weighted_chances as double)) else 0 end
            as decimal(28, 12)
        )) as log_likelihood,
        case
            when billing_months is null then {{ ratio('sum(events)', 'sum(weighted_chances)') }}
            else
                {{ ratio(
                    'sum(events) + ' ~ var('renewal_prior_count') ~ ' * (1 - power(' ~ var('renewal_prior_rate')
                    ~ ', cast(billing_months as double) / 12))',
                    'sum(weighted_chances) + ' ~ var('renewal_prior_count')
                ) }}
        end as first_rate,
        -- The interval of few purchases reaches higher than their spread shows: none seen does not mean none to come.
        {{ ratio(z / 2 ~ ' + sqrt(sum(events) + ' ~ z * z / 4 ~ ') - sqrt(sum(events))', 'sum(weighted_chances)') }}
            as first_error
    from by_source
    group by known_on, attribution_model, way, billing_months, phi
),

ranked as (
    select
        *,
        cast(log_likelihood - max(log_likelihood) over (partition by known_on, attribution_model, way) as double)
            as log_weight
    from fits
),

steps as (
    select cast(number as integer) as step_number
    from {{ number_series(0, 10 * horizon) }}
),

-- Purchases that are clustered leave more declines likely.
rates as (
    select
        ranked.known_on, ranked.attribution_model, ranked.way, ranked.billing_months,
        steps.step_number + case when ranked.billing_months is null then 2 else 0 end as step_number,
        ranked.first_rate / (1 + ranked.phi * steps.step_number) as rate,
        case when ranked.billing_months is null then ranked.first_error else 0 end as error,
        cast(exp(ranked.log_weight) as decimal(28, 18)) as weight,
        cast(exp(ranked.log_weight / coalesce(dispersions.dispersion, 1)) as decimal(28, 18)) as wide_weight
    from ranked
    inner join steps on steps.step_number * coalesce(ranked.billing_months, 1) <= 2 * {{ horizon }}
    left join dispersions
        on
            ranked.known_on = dispersions.known_on
            and ranked.attribution_model = dispersions.attribution_model
            and ranked.way = dispersions.way
),

averaged as (
    select
        *,
        {{ ratio('sum(cast(weight * rate as decimal(28, 18))) over step', 'sum(weight) over step') }} as average_rate
    from rates
    window step as (partition by known_on, attribution_model, way, step_number)
),

final as (
    select
        known_on, attribution_model, way, billing_months, step_number,
        round(coalesce(max(average_rate), 0), 12) as rate,
        round(coalesce(sqrt(power(min(error), 2) + {{ ratio(
            'sum(cast(wide_weight * power(rate - average_rate, 2) as decimal(28, 18)))', 'sum(wide_weight)'
        ) }}), 0), 12) as rate_error
    from averaged
    group by known_on, attribution_model, way, billing_months, step_number
    union all
    select
        known_on, attribution_model, way, billing_months, step_number,
        round(coalesce({{ ratio(
            'sum(cast(events as decimal(28, 12)))', 'sum(cast(chances as decimal(28, 12)))'
        ) }}, 0), 12) as rate,
        0 as rate_error
    from cases
    where steps < 0
    group by known_on, attribution_model, way, billing_months, step_number
)

select * from final
