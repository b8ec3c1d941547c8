with

leads as (
    select * from {{ ref('int_leads') }}
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

activities as (
    select * from {{ ref('int_unified__activities') }}
),

known_by_lead as (
    select distinct
        person_id,
        person_account_id as account_id
    from leads
),

known_by_email as (
    select
        identifiers.person_id,
        coalesce(account_domains.account_id, 'domain:' || identifiers.email_domain) as account_id
    from identifiers
    left join known_by_lead on identifiers.person_id = known_by_lead.person_id
    left join free_mail_domains on identifiers.email_domain = free_mail_domains.domain
    left join account_domains on identifiers.email_domain = account_domains.domain
    where
        identifiers.email_domain is not null
        and free_mail_domains.domain is null
        and known_by_lead.person_id is null
    qualify row_number() over (
        partition by identifiers.person_id order by identifiers.first_seen_at, identifiers.identifier
    ) = 1
),

-- Who an activity belongs to that names a company and nobody in it (int_activities).
companies as (
    select distinct
        'account:' || account_id as person_id,
        account_id
    from activities
    where lead_id is null and email_hash is null and account_id is not null
),

final as (
    select person_id, account_id from known_by_lead
    union all
    select person_id, account_id from known_by_email
    union all
    select person_id, account_id from companies
)

select * from final
