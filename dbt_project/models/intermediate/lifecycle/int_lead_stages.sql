with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_stages as (
    select * from {{ ref('int_unified__lead_stages') }}
),

deals as (
    select * from {{ ref('int_deals') }}
),

entries as (
    select
        lead_id,
        min(case when stage = 'mql' then entered_at end) as mql_at,
        min(case when stage in ('sql', 'opportunity', 'customer') then entered_at end) as sql_at
    from lead_stages
    group by lead_id
),

-- Only the deal's own lead becomes an opportunity and a customer, so that no deal counts twice.
deal_stages as (
    select
        lead_id,
        min(case when is_opportunity or is_first_won then created_at end) as created_at,
        min(case when is_first_won then won_at end) as customer_at
    from deals
    where lead_id is not null
    group by lead_id
),

joined as (
    select
        leads.lead_id,
        leads.created_at,
        least(entries.mql_at, entries.sql_at, deal_stages.created_at, deal_stages.customer_at) as mql_at,
        least(entries.sql_at, deal_stages.created_at, deal_stages.customer_at) as sql_at,
        least(deal_stages.created_at, deal_stages.customer_at) as opportunity_at,
        deal_stages.customer_at
    from leads
    left join entries on leads.lead_id = entries.lead_id
    left join deal_stages on leads.lead_id = deal_stages.lead_id
),

-- A lead with a date alone came in before the stages of that day.
final as (
    select
        lead_id,
        case
            when
                {{ is_whole_day('created_at') }} and {{ reporting_date('created_at') }} = {{ reporting_date('mql_at') }}
                then least(created_at, mql_at)
            else created_at
        end as created_at,
        mql_at,
        sql_at,
        opportunity_at,
        customer_at
    from joined
)

select * from final
