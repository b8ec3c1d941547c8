with

opportunities as (
    select * from {{ ref('int_opportunities') }}
),

deal_sources as (
    select * from {{ ref('int_deal_sources') }}
),

final as (
    select
        opportunities.opportunity_id,
        opportunities.account_id,
        opportunities.lead_id,
        deal_sources.original_source,
        opportunities.created_at,
        {{ reporting_date('opportunities.created_at') }} as created_on,
        opportunities.closed_at,
        opportunities.is_won,
        opportunities.is_closed,
        opportunities.amount,
        opportunities.original_amount,
        opportunities.original_currency
    from opportunities
    inner join deal_sources on opportunities.opportunity_id = deal_sources.deal_id
)

select * from final
