with

expectations as (
    select * from {{ ref('source_type_expectations') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

leads as (
    select * from {{ ref('int_leads_staged') }}
    where created_on > {{ as_of_date() }} - {{ var('comparison_window_days') }}
),

investment as (
    select * from {{ ref('int_investment_daily') }}
    where date > {{ as_of_date() }} - {{ var('comparison_window_days') }}
),

typed_leads as (
    select
        catalogue.source_type,
        leads.created_at,
        leads.customer_at
    from leads
    inner join catalogue on leads.original_source = catalogue.source
    inner join expectations on catalogue.source_type = expectations.source_type
),

leads_by_type as (
    select
        source_type,
        count(*) as leads,
        count(customer_at) as customers,
        {{ median_days('created_at', 'customer_at') }} as median_days_to_customer
    from typed_leads
    group by source_type
),

investment_by_type as (
    select
        catalogue.source_type,
        sum(investment.amount) as investment
    from investment
    inner join catalogue on investment.source = catalogue.source
    inner join expectations on catalogue.source_type = expectations.source_type
    group by catalogue.source_type
),

measured as (
    select
        expectations.source_type,
        coalesce(leads_by_type.leads, 0) as leads,
        coalesce(leads_by_type.customers, 0) as customers,
        leads_by_type.median_days_to_customer,
        coalesce(investment_by_type.investment, 0) as investment,
        expectations.textbook_volume,
        expectations.textbook_quality,
        expectations.textbook_speed,
        expectations.textbook_cost
    from expectations
    left join leads_by_type on expectations.source_type = leads_by_type.source_type
    left join investment_by_type on expectations.source_type = investment_by_type.source_type
),

-- Benchmarks: all types together; for volume, an equal share each.
overall as (
    select
        {{ ratio('1', 'count(*)') }} as lead_share,
        {{ ratio('sum(customers)', 'sum(leads)') }} as lead_to_customer_rate,
        {{ ratio('sum(investment)', 'sum(leads)') }} as cost_per_lead
    from measured
),

overall_speed as (
    select {{ median_days('created_at', 'customer_at') }} as median_days_to_customer from typed_leads
),

rates as (
    select
        *,
        {{ ratio('leads', 'sum(leads) over ()') }} as lead_share,
        {{ ratio('customers', 'leads') }} as lead_to_customer_rate,
        {{ ratio('investment', 'leads') }} as cost_per_lead
    from measured
),

final as (
    select
        rates.source_type,
        {{ bucket_vs_benchmark('rates.lead_share', 'overall.lead_share') }} as volume,
        {{ bucket_vs_benchmark('rates.lead_to_customer_rate', 'overall.lead_to_customer_rate') }} as quality,
        {{ bucket_vs_benchmark(
            'rates.median_days_to_customer', 'overall_speed.median_days_to_customer', 'fast', 'slow'
        ) }} as speed,
        case
            when rates.leads = 0 and rates.investment > 0 then 'high'
            else {{ bucket_vs_benchmark('rates.cost_per_lead', 'overall.cost_per_lead') }}
        end as cost_level,
        rates.textbook_volume,
        rates.textbook_quality,
        rates.textbook_speed,
        rates.textbook_cost,
        rates.leads,
        rates.lead_share,
        rates.customers,
        rates.lead_to_customer_rate,
        {{ wilson('rates.customers', 'rates.leads', '-') }} as lead_to_customer_rate_low,
        {{ wilson('rates.customers', 'rates.leads', '+') }} as lead_to_customer_rate_high,
        rates.median_days_to_customer,
        cast(rates.investment as decimal(28, 6)) as investment,
        rates.cost_per_lead,
        {{ ratio('rates.investment', 'rates.customers') }} as cost_per_customer
    from rates
    cross join overall
    cross join overall_speed
)

select * from final
