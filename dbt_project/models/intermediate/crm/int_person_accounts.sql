-- A person's account is, in this order: the one that the CRM names for a lead, the domain of a lead's company or
-- e-mail, the person's first lead by itself, the domain of another e-mail. Of several candidates the earliest counts.
with

leads as (
    select * from {{ ref('int_unified__leads') }}
),

activities as (
    select * from {{ ref('int_unified__activities') }}
),

crm_accounts as (
    select * from {{ ref('int_lead_crm_accounts') }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

account_domains as (
    select * from {{ ref('int_account_domains') }}
),

leads_with_person as (
    select
        leads.*,
        identifiers.person_id
    from leads
    inner join identifiers on identifiers.identifier_type = 'lead' and leads.lead_id = identifiers.identifier_value
),

domains as (
    select
        person_id, {{ company_domain('company_domain') }} as domain, 2 as preference, created_at as seen_at,
        lead_id as record_id, 1 as field_order
    from leads_with_person
    union all
    select
        person_id, email_domain as domain, 2 as preference, created_at as seen_at,
        lead_id as record_id, 2 as field_order
    from leads_with_person
    union all
    select
        person_id, email_domain as domain, 4 as preference, first_seen_at as seen_at,
        identifier as record_id, 1 as field_order
    from identifiers
),

candidates as (
    select
        leads_with_person.person_id, crm_accounts.account_id, 'crm' as account_type, 1 as preference,
        leads_with_person.created_at as seen_at, leads_with_person.lead_id as record_id, 1 as field_order
    from leads_with_person
    inner join crm_accounts on leads_with_person.lead_id = crm_accounts.lead_id
    union all
    select
        domains.person_id,
        coalesce(account_domains.account_id, 'domain:' || domains.domain) as account_id,
        case when account_domains.account_id is null then 'domain' else 'crm' end as account_type,
        domains.preference, domains.seen_at, domains.record_id, domains.field_order
    from domains
    left join account_domains on domains.domain = account_domains.domain
    where {{ is_company_domain('domains.domain') }}
    union all
    select
        person_id, 'lead:' || lead_id as account_id, 'lead' as account_type, 3 as preference,
        created_at as seen_at, lead_id as record_id, 1 as field_order
    from leads_with_person
),

final as (
    select person_id, 'person' as person_type, account_id, account_type from candidates
    qualify row_number() over (partition by person_id order by preference, seen_at, record_id, field_order) = 1
    union all
    -- An activity that names an account and no person in it belongs to the account (int_activities).
    select distinct 'account:' || account_id as person_id, 'company' as person_type, account_id, 'crm' as account_type
    from activities
    where lead_id is null and email_hash is null and account_id is not null
)

select * from final
