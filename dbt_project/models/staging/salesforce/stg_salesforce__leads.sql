with

persons as (
    select * from {{ ref('base_salesforce__persons') }}
),

leads as (
    {{ newest_in_salesforce('lead') }}
),

contacts as (
    {{ newest_in_salesforce('contact') }}
),

users as (
    select * from {{ source('salesforce', 'user') }}
    {{ newest_version(['id']) }}
),

distinct_leads as (
    select distinct
        canonical_id,
        root_id,
        is_canonical_deleted
    from persons
),

-- The source of the lead when it was created, and the fields of the contact now.
joined as (
    select
        distinct_leads.canonical_id,
        distinct_leads.is_canonical_deleted,
        coalesce(leads.created_date, contacts.created_date) as created_date,
        greatest(
            coalesce(leads.system_modstamp, leads.last_modified_date),
            coalesce(contacts.system_modstamp, contacts.last_modified_date)
        ) as updated_at,
        coalesce(contacts.email, leads.email) as email,
        coalesce(contacts.account_id, leads.converted_account_id) as account_id,
        leads.website,
        coalesce(leads.lead_source, contacts.lead_source) as lead_source,
        coalesce(leads.utm_source_c, contacts.utm_source_c) as utm_source,
        case when leads.utm_source_c is null then contacts.utm_medium_c else leads.utm_medium_c end as utm_medium,
        case when leads.utm_source_c is null then contacts.utm_campaign_c else leads.utm_campaign_c end as utm_campaign,
        case when leads.utm_source_c is null then contacts.utm_content_c else leads.utm_content_c end as utm_content,
        coalesce(contacts.owner_id, leads.owner_id) as owner_id,
        leads.status,
        coalesce(leads.country, contacts.mailing_country) as country,
        leads.industry,
        leads.number_of_employees,
        coalesce(contacts.title, leads.title) as title,
        coalesce(leads._file, contacts._file) as _file,
        coalesce(leads._landed_at, contacts._landed_at) as _landed_at,
        coalesce(leads.file_row_number, contacts.file_row_number) as file_row_number,
        coalesce(leads._checksum, contacts._checksum) as _checksum
    from distinct_leads
    left join leads on distinct_leads.canonical_id = leads.id
    left join contacts on distinct_leads.root_id = contacts.id
),

final as (
    select
        {{ vendor_id('salesforce', 'joined.canonical_id') }} as lead_id,
        coalesce(joined.created_date, joined.updated_at, joined._landed_at) as created_at,
        joined.updated_at,
        joined.email,
        {{ vendor_id('salesforce', 'joined.account_id') }} as account_id,
        joined.website as company_domain,
        coalesce(joined.utm_source, joined.lead_source) as source,
        case when joined.utm_source is not null then joined.utm_medium end as medium,
        case when joined.utm_source is not null then joined.utm_campaign end as campaign,
        case when joined.utm_source is not null then joined.utm_content end as content,
        cast(null as varchar) as entry_method,
        cast(null as varchar) as form,
        coalesce(users.name, joined.owner_id) as owner,
        joined.status,
        joined.country,
        joined.industry,
        joined.number_of_employees as employees,
        joined.title as job_title,
        joined.is_canonical_deleted as is_deleted,
        joined._file,
        joined._landed_at,
        joined.file_row_number,
        joined._checksum
    from joined
    left join users on joined.owner_id = users.id
    where joined._checksum is not null
)

select * from final
