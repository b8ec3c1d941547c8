-- First entries come from int_lead_stages, which fills in skipped stages; the CRM's and the deals' further entries are
-- added. int_lead_stage_history keeps those that change the lead's stage.
with

reached as (
    select * from {{ ref('int_lead_stages') }}
),

lead_stages as (
    select * from {{ ref('int_unified__lead_stages') }}
),

deals as (
    select * from {{ ref('int_deals') }}
),

stages as (
    select * from {{ ref('lifecycle_stages') }}
),

-- Deals decide who is an opportunity or a customer; the CRM's own word for these counts as an SQL. An entry that the
-- CRM dates before the lead's creation (some store the date only) counts from the creation.
entries as (
    select lead_id, 'lead' as stage, least(created_at, mql_at) as entered_at from reached
    union
    select lead_id, 'mql' as stage, mql_at as entered_at from reached
    union
    select lead_id, 'sql' as stage, sql_at as entered_at from reached
    union
    select lead_id, 'opportunity' as stage, opportunity_at as entered_at from reached
    union
    select lead_id, 'customer' as stage, customer_at as entered_at from reached
    union
    select lead_id, 'opportunity' as stage, created_at as entered_at from deals
    where is_opportunity
    union
    select
        lead_stages.lead_id,
        case when lead_stages.stage in ('opportunity', 'customer') then 'sql' else lead_stages.stage end as stage,
        greatest(lead_stages.entered_at, reached.created_at) as entered_at
    from lead_stages
    inner join reached on lead_stages.lead_id = reached.lead_id
),

-- A customer stays one here; fct_customers has its churn.
final as (
    select
        entries.lead_id,
        entries.stage,
        stages.stage_order,
        stages.is_exit,
        entries.entered_at
    from entries
    inner join stages on entries.stage = stages.stage
    inner join reached on entries.lead_id = reached.lead_id
    where
        entries.entered_at is not null
        and (
            reached.customer_at is null
            or entries.entered_at < reached.customer_at
            or (entries.entered_at = reached.customer_at and not stages.is_exit)
        )
)

select * from final
