{{ config(materialized='view') }}
-- Who had the chance to convert, and when: a unit with touches, of becoming a lead; a lead, of what follows; a lead
-- whose opportunities are all decided, of becoming a customer. A unit is a person, or the account where opportunities
-- are the account's: once it has a lead, its further leads are no news. Leads younger than the lookback may still
-- become an MQL, SQL or opportunity and are left out.
-- Refers to int_path_unit_touchpoints not through an import: an engine may store what an import holds.
{%- set is_of_account = "'" ~ var('attribution_unit') ~ "' = 'account'" %}
with

conversions as (
    select * from {{ ref('int_conversions') }}
),

opportunities as (
    select * from {{ ref('int_opportunities') }}
),

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

types as (
    select * from {{ ref('int_conversion_types') }}
),

unit_conversions as (
    select
        *,
        case
            when {{ is_of_account }} and account_id is not null then 'company:' || account_id
            else person_id
        end as unit_id
    from conversions
),

reached as (
    select
        unit_id,
        conversion_type,
        min(conversion_at) as reached_at
    from unit_conversions
    group by unit_id, conversion_type
),

leads as (
    select
        unit_id,
        reached_at as lead_at
    from reached
    where conversion_type = 'lead'
),

lost as (
    select
        unit_conversions.unit_id,
        max(opportunities.closed_at) as lost_at
    from unit_conversions
    inner join opportunities on unit_conversions.opportunity_id = opportunities.opportunity_id
    where unit_conversions.conversion_type = 'opportunity'
    group by unit_conversions.unit_id
    having bool_and(opportunities.is_closed)
),

-- A lead's own creation is no touch that made it one.
unit_ends as (
    select
        unit_id,
        max(occurred_at) as last_touch_at
    from {{ ref('int_path_unit_touchpoints') }}
    where touch_type != 'lead_created'
    group by unit_id
),

before_lead as (
    select
        unit_ends.unit_id,
        types.conversion_type,
        types.lookback_days,
        coalesce(leads.lead_at, unit_ends.last_touch_at) as ends_at,
        leads.unit_id is not null as is_converting
    from unit_ends
    inner join types on types.conversion_type = 'lead'
    left join leads on unit_ends.unit_id = leads.unit_id
    left join person_accounts on unit_ends.unit_id = person_accounts.person_id
    where person_accounts.person_id is null or not {{ is_of_account }}
),

after_lead as (
    select
        leads.unit_id,
        types.conversion_type,
        leads.lead_at,
        case
            when types.conversion_type = 'customer' then coalesce(reached.reached_at, lost.lost_at)
            when leads.lead_at <= {{ window_start(as_of(), 'types.lookback_days') }}
                then coalesce(reached.reached_at, leads.lead_at + interval 1 hour * 24 * types.lookback_days)
        end as ends_at,
        reached.unit_id is not null as is_converting
    from leads
    inner join types on types.conversion_type != 'lead'
    left join reached on leads.unit_id = reached.unit_id and types.conversion_type = reached.conversion_type
    left join lost on leads.unit_id = lost.unit_id
),

final as (
    select
        unit_id,
        conversion_type,
        ends_at - interval 1 hour * 24 * lookback_days as starts_at,
        ends_at,
        is_converting
    from before_lead
    union all
    select unit_id, conversion_type, lead_at as starts_at, ends_at, is_converting from after_lead
    where ends_at is not null
)

select * from final
