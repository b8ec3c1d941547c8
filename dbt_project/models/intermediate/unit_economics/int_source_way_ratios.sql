-- Method: empirical Bayes (gamma-Poisson): events seen over those expected at the rates of all sources, as if
-- `shrinkage_ratio_customers` average customers more had been seen. The ends are those of the count itself.
{% set k = var('shrinkage_ratio_customers') %}
with

evidence as (
    select * from {{ ref('int_way_evidence') }}
),

rates as (
    select * from {{ ref('int_way_rates') }}
),

sources as (
    select
        evidence.known_on,
        evidence.attribution_model,
        evidence.source,
        evidence.way,
        evidence.billing_months,
        cast(sum(cast(evidence.customers as decimal(28, 12))) as double) as customers,
        cast(sum(cast(evidence.events as decimal(28, 12))) as double) as events,
        cast(sum(cast(evidence.chances * rates.rate as decimal(28, 12))) as double) as expected_events
    from evidence
    inner join rates
        on
            evidence.known_on = rates.known_on
            and evidence.attribution_model = rates.attribution_model
            and evidence.way = rates.way
            and evidence.step_number = rates.step_number
    group by
        evidence.known_on, evidence.attribution_model, evidence.source, evidence.way, evidence.billing_months
),

-- Expected events of an average customer.
averaged as (
    select
        *,
        {{ ratio(
            'sum(cast(expected_events as decimal(28, 12))) over (partition by known_on, attribution_model, way)',
            'sum(cast(customers as decimal(28, 12))) over (partition by known_on, attribution_model, way)'
        ) }} as events_each
    from sources
),

final as (
    select
        known_on,
        attribution_model,
        source,
        way,
        billing_months,
        customers,
        events,
        expected_events,
        events + {{ k }} * coalesce(events_each, 0) as shrunk_events,
        round(coalesce({{ ratio(
            'events + ' ~ k ~ ' * events_each', 'expected_events + ' ~ k ~ ' * events_each'
        ) }}, 1), 12) as ratio,
        round({{ ratio('events', 'expected_events') }}, 12) as own_ratio,
        round(coalesce({{ ratio(count_low('events'), 'expected_events') }}, 0), 12) as ratio_low,
        round({{ ratio(count_high('events'), 'expected_events') }}, 12) as ratio_high
    from averaged
)

select * from final
