{{ config(pre_hook="{{ snapshot_previous_run() }}", post_hook="{{ empty_on_full_refresh() }}") }}
with

leads as (
    select * from {{ ref('int_unified__leads') }}
),

identifiers as (
    select * from {{ ref('int_identifiers_stitched') }}
),

account_domains as (
    select * from {{ ref('int_account_domains') }}
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

deals as (
    select * from {{ ref('int_unified__opportunities') }}
    where account_id is not null
),

deal_contacts as (
    select * from {{ ref('int_unified__opportunity_contacts') }}
),

-- A CRM that converts leads names the account on the deal and not on the lead.
accounts_by_deal as (
    select
        deals.lead_id,
        deals.account_id,
        deals.created_at,
        deals.opportunity_id
    from deals
    union all
    select
        deal_contacts.lead_id,
        deals.account_id,
        deals.created_at,
        deals.opportunity_id
    from deals
    inner join deal_contacts on deals.opportunity_id = deal_contacts.opportunity_id
),

first_accounts_by_deal as (
    select
        lead_id,
        account_id
    from accounts_by_deal
    where lead_id is not null
    qualify row_number() over (partition by lead_id order by created_at, opportunity_id) = 1
),

work_domains as (
    select
        leads.lead_id,
        {{ url_host('leads.company_domain') }} as domain,
        1 as preference
    from leads
    union all
    select
        lead_id,
        email_domain as domain,
        2 as preference
    from leads
),

chosen_domains as (
    select
        work_domains.lead_id,
        work_domains.domain
    from work_domains
    left join free_mail_domains on work_domains.domain = free_mail_domains.domain
    where work_domains.domain is not null and free_mail_domains.domain is null
    qualify row_number() over (partition by work_domains.lead_id order by work_domains.preference) = 1
),

candidates as (
    select
        leads.*,
        identifiers.person_id,
        coalesce(leads.account_id, first_accounts_by_deal.account_id) as crm_account_id,
        coalesce(account_domains.account_id, 'domain:' || chosen_domains.domain) as domain_account_id
    from leads
    inner join identifiers on 'lead:' || leads.lead_id = identifiers.identifier
    left join first_accounts_by_deal on leads.lead_id = first_accounts_by_deal.lead_id
    left join chosen_domains on leads.lead_id = chosen_domains.lead_id
    left join account_domains on chosen_domains.domain = account_domains.domain
),

-- A person belongs to one account: what the CRM says, else a work domain, else the person's first lead stands alone.
person_accounts as (
    select
        person_id,
        coalesce(crm_account_id, domain_account_id, 'lead:' || lead_id) as account_id
    from candidates
    qualify row_number() over (
        partition by person_id
        order by
            case when crm_account_id is not null then 1 when domain_account_id is not null then 2 else 3 end,
            created_at,
            lead_id
    ) = 1
),

final as (
    select
        candidates.lead_id,
        candidates.person_id,
        coalesce(candidates.crm_account_id, person_accounts.account_id) as account_id,
        person_accounts.account_id as person_account_id,
        candidates.crm_source,
        candidates.crm_medium,
        candidates.crm_campaign,
        candidates.crm_content,
        {{ source_key(
            "'lead_created'",
            utm_medium='candidates.crm_medium', utm_campaign='candidates.crm_campaign',
            crm_source='candidates.crm_source'
        ) }} as source_key,
        candidates.email_hash is not null as has_email,
        candidates.entry_method,
        candidates.form,
        split_part(candidates.owner, '@', 1) as owner,
        candidates.status,
        candidates.country,
        candidates.industry,
        candidates.job_title,
        candidates.employees,
        candidates.created_at
    from candidates
    inner join person_accounts on candidates.person_id = person_accounts.person_id
)

select * from final
