with

funnels as (
    select * from {{ ref('funnel_by_dimension') }}
    where dimension = 'source' and month is null
),

investment as (
    select * from {{ ref('int_investment_daily') }}
),

spent as (
    select
        'window' as period,
        source,
        sum(amount) as investment
    from investment
    where date > {{ as_of_date() }} - {{ var('funnel_window_days') }}
    group by source
    union all
    select
        'all_time' as period,
        source,
        sum(amount) as investment
    from investment
    group by source
),

-- Investment without leads has a row too. Without any recorded cost the cost is unknown, not 0.
joined as (
    select
        coalesce(funnels.cohort, spent.period) as period,
        coalesce(funnels.value, spent.source) as source,
        coalesce(spent.investment, 0) as investment,
        nullif(spent.investment, 0) as known_cost,
        coalesce(funnels.leads, 0) as leads,
        coalesce(funnels.customers, 0) as customers,
        funnels.lead_to_customer_rate,
        funnels.lead_to_customer_rate_low,
        funnels.lead_to_customer_rate_high,
        coalesce(spent.investment < 0, false) as is_refunded
    from funnels
    full outer join spent on funnels.cohort = spent.period and funnels.value = spent.source
),

-- The interval of a customer's cost is that of the conversion rate, at the observed cost per lead. Its ends change
-- places where refunds exceed the cost.
costed as (
    select
        *,
        round({{ ratio('leads', 'sum(leads) over (partition by period)') }}, 12) as lead_share,
        round({{ ratio('customers', 'sum(customers) over (partition by period)') }}, 12) as customer_share,
        round({{ ratio('known_cost', 'leads') }}, 6) as cost_per_lead,
        round({{ ratio('known_cost', 'customers') }}, 6) as cost_per_customer,
        round({{ ratio(
            'known_cost',
            'leads * case when is_refunded then lead_to_customer_rate_low else lead_to_customer_rate_high end'
        ) }}, 6) as cost_per_customer_low,
        round({{ ratio(
            'known_cost',
            'leads * case when is_refunded then lead_to_customer_rate_high else lead_to_customer_rate_low end'
        ) }}, 6) as cost_per_customer_high
    from joined
),

-- Ties share a rank; unknown costs have none. Quality is ranked by the low end of the rate: one customer of one lead is
-- weaker evidence than forty of a hundred.
ranked as (
    select
        *,
        case
            when known_cost is not null
                then rank() over (partition by period, known_cost is null order by cost_per_lead asc nulls last)
        end as cost_per_lead_rank,
        case
            when known_cost is not null
                then rank() over (partition by period, known_cost is null order by cost_per_customer asc nulls last)
        end as cost_per_customer_rank,
        rank() over (partition by period order by leads desc) as volume_rank,
        rank() over (partition by period order by lead_to_customer_rate_low desc nulls last) as quality_rank
    from costed
),

final as (
    select
        period,
        source,
        cast(investment as decimal(28, 6)) as investment,
        leads,
        customers,
        lead_share,
        customer_share,
        cost_per_lead,
        cost_per_customer,
        cost_per_customer_low,
        cost_per_customer_high,
        lead_to_customer_rate,
        lead_to_customer_rate_low,
        lead_to_customer_rate_high,
        cast(cost_per_lead_rank as integer) as cost_per_lead_rank,
        cast(cost_per_customer_rank as integer) as cost_per_customer_rank,
        cast(cost_per_lead_rank - cost_per_customer_rank as integer) as cost_rank_change,
        cast(volume_rank as integer) as volume_rank,
        cast(quality_rank as integer) as quality_rank,
        cast(volume_rank - quality_rank as integer) as quality_rank_change
    from ranked
)

select * from final
