-- Method: Bornhuetter-Ferguson with the Cape Cod rate. Leads bring customers at the rate at which those of the source
-- have so far, each lead counted by its maturity share. The rate is shrunk towards that of all sources of the
-- attribution model, as if `shrinkage_customers` more of their customers had been seen.
{%- set k = var('shrinkage_customers') %}
with

cohorts as (
    select
        *,
        leads * maturity_share as matured_leads,
        leads * (1 - maturity_share) as leads_to_mature
    from {{ ref('source_cohorts') }}
    where quarter = {{ quarter_of(as_of_date()) }} and not is_hindsight
),

sums as (
    select
        source,
        attribution_model,
        sum(cast(customers as decimal(28, 9))) as customers,
        sum(cast(matured_leads as decimal(28, 9))) as matured_leads
    from cohorts
    group by source, attribution_model
),

overall as (
    select
        attribution_model,
        {{ ratio('sum(customers)', 'sum(matured_leads)') }} as rate
    from sums
    group by attribution_model
),

-- The ends are of the source's own rate: shrinkage changes the value, not the uncertainty. Where no lead has matured,
-- every lead may become a customer.
rates as (
    select
        sums.source,
        sums.attribution_model,
        coalesce({{ ratio(
            'sums.customers + ' ~ k, 'sums.matured_leads + ' ~ k ~ ' / nullif(overall.rate, 0)'
        ) }}, 0) as rate,
        coalesce({{ ratio(count_low('cast(sums.customers as double)'), 'sums.matured_leads') }}, 0) as rate_low,
        coalesce({{ ratio(count_high('cast(sums.customers as double)'), 'sums.matured_leads') }}, 1) as rate_high
    from sums
    inner join overall on sums.attribution_model = overall.attribution_model
),

final as (
    select
        cohorts.month,
        cohorts.source,
        cohorts.attribution_model,
        cohorts.leads,
        cohorts.customers,
        cohorts.maturity_share,
        round(cohorts.leads_to_mature * rates.rate, 9) as customers_to_come,
        round(cohorts.leads_to_mature * least(rates.rate, rates.rate_low), 9) as customers_to_come_low,
        round(cohorts.leads_to_mature * greatest(rates.rate, rates.rate_high), 9) as customers_to_come_high
    from cohorts
    inner join rates
        on cohorts.source = rates.source and cohorts.attribution_model = rates.attribution_model
)

select * from final
