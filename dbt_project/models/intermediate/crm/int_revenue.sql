with

revenue as (
    select * from {{ ref('int_unified__revenue') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

opportunities as (
    select * from {{ ref('int_opportunities') }}
    where is_won and amount is not null
),

feed_has_revenue as (
    select count(*) > 0 as has_revenue from revenue
),

earned as (
    select
        revenue.revenue_id,
        coalesce(
            revenue.account_id, leads.account_id, 'lead:' || revenue.lead_id, 'revenue:' || revenue.revenue_id
        ) as account_id,
        leads.lead_id,
        revenue.kind,
        revenue.currency as original_currency,
        revenue.amount as original_amount,
        {{ converted('revenue.amount', 'rates.rate') }} as amount,
        revenue.revenue_on,
        revenue.subscription_id,
        revenue.period_start,
        revenue.period_end
    from revenue
    left join rates
        on
            revenue.currency = rates.currency
            and {{ month_of('revenue.revenue_on') }} >= rates.valid_from
            and {{ month_of('revenue.revenue_on') }} < rates.valid_to
    left join leads on revenue.lead_id = leads.lead_id
),

won as (
    select
        'deal:' || opportunities.opportunity_id as revenue_id,
        opportunities.account_id,
        opportunities.lead_id,
        'one_off' as kind,
        opportunities.original_currency,
        opportunities.original_amount,
        opportunities.amount,
        {{ reporting_date('opportunities.closed_at') }} as revenue_on,
        cast(null as varchar) as subscription_id,
        cast(null as date) as period_start,
        cast(null as date) as period_end
    from opportunities
    cross join feed_has_revenue
    where not feed_has_revenue.has_revenue
),

final as (
    select * from earned
    union all
    select * from won
)

select * from final
