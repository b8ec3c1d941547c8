with

leads as (
    select * from {{ ref('int_unified__leads') }}
),

opportunities as (
    select * from {{ ref('int_unified__opportunities') }}
),

contacts as (
    select * from {{ ref('int_unified__opportunity_contacts') }}
),

-- A CRM that converts leads names the account on the opportunity and not on the lead.
named as (
    select lead_id, account_id, 1 as preference, created_at, cast(null as varchar) as opportunity_id from leads
    union all
    select lead_id, account_id, 2 as preference, created_at, opportunity_id from opportunities
    union all
    select
        contacts.lead_id,
        opportunities.account_id,
        2 as preference,
        opportunities.created_at,
        opportunities.opportunity_id
    from opportunities
    inner join contacts on opportunities.opportunity_id = contacts.opportunity_id
),

final as (
    select
        lead_id,
        account_id
    from named
    where lead_id is not null and account_id is not null
    qualify row_number() over (partition by lead_id order by preference, created_at, opportunity_id) = 1
)

select * from final
