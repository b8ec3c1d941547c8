-- The first time a stage was reached comes from int_lead_stages, which fills in the skipped ones; what the CRM and
-- later deals say beside it are entries too. int_lead_stage_history keeps those that changed something.
with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_stages as (
    select * from {{ ref('int_unified__lead_stages') }}
),

reached as (
    select * from {{ ref('int_lead_stages') }}
),

deals as (
    select * from {{ ref('int_deals') }}
),

first_entries as (
    select
        leads.lead_id,
        'lead' as stage,
        least(leads.created_at, reached.mql_at) as entered_at
    from leads
    inner join reached on leads.lead_id = reached.lead_id
    union all
    select lead_id, 'mql' as stage, mql_at as entered_at from reached
    union all
    select lead_id, 'sql' as stage, sql_at as entered_at from reached
    union all
    select lead_id, 'opportunity' as stage, opportunity_at as entered_at from reached
    union all
    select lead_id, 'customer' as stage, customer_at as entered_at from reached
),

-- A CRM's opportunity or customer is no more than an SQL: deals say who is one. What a CRM dates before the lead came
-- in, as it does where it keeps dates only, counts from then.
later_entries as (
    select
        lead_stages.lead_id,
        case when lead_stages.stage in ('opportunity', 'customer') then 'sql' else lead_stages.stage end as stage,
        greatest(lead_stages.entered_at, leads.created_at) as entered_at
    from lead_stages
    inner join leads on lead_stages.lead_id = leads.lead_id
    union all
    select
        deals.lead_id,
        'opportunity' as stage,
        deals.created_at as entered_at
    from deals
    where deals.is_opportunity and deals.lead_id is not null
),

unioned as (
    select lead_id, stage, entered_at from first_entries
    where entered_at is not null
    union
    select lead_id, stage, entered_at from later_entries
),

-- Whoever is a customer stays one here: fct_customers tells when it left.
final as (
    select
        unioned.lead_id,
        unioned.stage,
        {{ stage_place('unioned.stage') }} as place,
        unioned.entered_at
    from unioned
    inner join reached on unioned.lead_id = reached.lead_id
    where
        reached.customer_at is null
        or unioned.entered_at < reached.customer_at
        or (unioned.entered_at = reached.customer_at and {{ is_stage_ahead('unioned.stage') }})
)

select * from final
