with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_stages as (
    select * from {{ ref('stg_standard__lead_stages') }}
),

deals as (
    select * from {{ ref('int_deals') }}
),

entries as (
    select
        lead_id,
        min(case when stage = 'mql' then entered_at end) as mql_at,
        min(case when stage in ('sql', 'opportunity', 'customer') then entered_at end) as sql_at,
        max(case when stage = 'disqualified' then entered_at end) as disqualified_at,
        max(case when stage = 'recycled' then entered_at end) as recycled_at
    from lead_stages
    group by lead_id
),

-- Only the lead that counts for a deal goes on to opportunity and customer, so that no deal is counted twice.
deal_stages as (
    select
        lead_id,
        min(case when is_opportunity or is_first_won then created_at end) as created_at,
        min(case when is_first_won then won_at end) as customer_at
    from deals
    where lead_id is not null
    group by lead_id
),

reached as (
    select
        leads.lead_id,
        leads.created_at,
        least(deal_stages.created_at, deal_stages.customer_at) as opportunity_at,
        least(entries.sql_at, deal_stages.created_at, deal_stages.customer_at) as sql_at,
        least(entries.mql_at, entries.sql_at, deal_stages.created_at, deal_stages.customer_at) as mql_at,
        deal_stages.customer_at,
        entries.disqualified_at,
        entries.recycled_at
    from leads
    left join entries on leads.lead_id = entries.lead_id
    left join deal_stages on leads.lead_id = deal_stages.lead_id
),

progress as (
    select
        *,
        greatest(created_at, mql_at, sql_at, opportunity_at) as advanced_at
    from reached
),

final as (
    select
        lead_id,
        case
            when customer_at is not null then 'customer'
            when recycled_at >= coalesce(disqualified_at, recycled_at) and recycled_at >= advanced_at then 'recycled'
            when disqualified_at >= advanced_at then 'disqualified'
            when opportunity_at is not null then 'opportunity'
            when sql_at is not null then 'sql'
            when mql_at is not null then 'mql'
            else 'lead'
        end as stage,
        mql_at,
        sql_at,
        opportunity_at,
        customer_at,
        disqualified_at,
        recycled_at
    from progress
)

select * from final
