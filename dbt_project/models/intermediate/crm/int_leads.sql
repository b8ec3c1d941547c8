{{ config(pre_hook="{{ snapshot_previous_run() }}", post_hook="{{ empty_on_full_refresh() }}") }}
with

leads as (
    select * from {{ ref('int_unified__leads') }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

crm_accounts as (
    select * from {{ ref('int_lead_crm_accounts') }}
),

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

final as (
    select
        leads.lead_id,
        identifiers.person_id,
        coalesce(crm_accounts.account_id, person_accounts.account_id) as account_id,
        case when crm_accounts.account_id is not null then 'crm' else person_accounts.account_type end as account_type,
        leads.crm_source,
        leads.crm_medium,
        leads.crm_campaign,
        leads.crm_content,
        leads.source_key,
        leads.email_hash is not null as has_email,
        leads.entry_method,
        leads.form,
        split_part(leads.owner, '@', 1) as owner,
        leads.status,
        leads.country,
        leads.industry,
        leads.job_title,
        leads.employees,
        leads.created_at
    from leads
    inner join identifiers on identifiers.identifier_type = 'lead' and leads.lead_id = identifiers.identifier_value
    inner join person_accounts on identifiers.person_id = person_accounts.person_id
    left join crm_accounts on leads.lead_id = crm_accounts.lead_id
)

select * from final
