with

contacts as (
    select
        *,
        -- Where the original source is not known, the latest one stands for it, details and all.
        case when property_hs_analytics_source is null then 'latest' else 'original' end as known_source
    from {{ ref('base_hubspot__contacts') }}
    where is_lead and _checksum is not null
),

companies as (
    select * from {{ ref('base_hubspot__companies') }}
),

owners as (
    select * from {{ source('hubspot', 'owner') }}
),

newest_owners as (
    select * from owners
    {{ newest_version(['owner_id']) }}
),

sourced as (
    select
        *,
        case known_source when 'latest' then property_hs_latest_source else property_hs_analytics_source end
            as hs_source,
        case known_source
            when 'latest' then property_hs_latest_source_data_1
            else property_hs_analytics_source_data_1
        end as detail_1,
        case known_source
            when 'latest' then property_hs_latest_source_data_2
            else property_hs_analytics_source_data_2
        end as detail_2,
        -- What the company keeps itself goes before what HubSpot makes of a visit, and is not mixed with it.
        coalesce(property_lead_source, property_utm_source) is not null as is_told
    from contacts
),

final as (
    select
        {{ vendor_id('hubspot', 'sourced.lead') }} as lead_id,
        coalesce(sourced.property_createdate, sourced.property_lastmodifieddate, sourced._landed_at) as created_at,
        sourced.property_lastmodifieddate as updated_at,
        sourced.email,
        case
            when not coalesce(companies.is_deleted, false)
                then {{ vendor_id('hubspot', 'sourced.property_associatedcompanyid') }}
        end as account_id,
        sourced.property_company_domain as company_domain,
        coalesce(
            sourced.property_lead_source,
            sourced.property_utm_source,
            case
                when not sourced.is_told
                    then {{ hubspot_source('source', 'sourced.hs_source', 'sourced.detail_1', 'sourced.detail_2') }}
            end
        ) as source,
        coalesce(
            sourced.property_utm_medium,
            case
                when not sourced.is_told
                    then {{ hubspot_source('medium', 'sourced.hs_source', 'sourced.detail_1', 'sourced.detail_2') }}
            end
        ) as medium,
        coalesce(
            sourced.property_utm_campaign,
            case
                when not sourced.is_told
                    then {{ hubspot_source('campaign', 'sourced.hs_source', 'sourced.detail_1', 'sourced.detail_2') }}
            end
        ) as campaign,
        coalesce(
            sourced.property_utm_content,
            case
                when not sourced.is_told
                    then {{ hubspot_source('content', 'sourced.hs_source', 'sourced.detail_1', 'sourced.detail_2') }}
            end
        ) as content,
        case
            when lower(sourced.property_entry_method) in ('form', 'manual', 'import', 'api', 'phone', 'event')
                then lower(sourced.property_entry_method)
            when coalesce(sourced.property_hs_object_source, sourced.detail_1) in ('FORM', 'FORMS') then 'form'
            when coalesce(sourced.property_hs_object_source, sourced.detail_1) in ('IMPORT', 'CONTACT_IMPORT')
                then 'import'
            when coalesce(sourced.property_hs_object_source, sourced.detail_1) in ('API', 'INTEGRATION') then 'api'
            when
                coalesce(sourced.property_hs_object_source, sourced.detail_1)
                in ('CRM_UI', 'CONTACTS', 'CONTACTS_WEB', 'SALES', 'EXTENSION', 'MOBILE_ANDROID', 'MOBILE_IOS')
                then 'manual'
            when sourced.property_hs_object_source = 'CALLING' then 'phone'
            when sourced.property_first_conversion_event_name is not null then 'form'
        end as entry_method,
        sourced.property_first_conversion_event_name as form,
        coalesce(
            nullif(concat_ws(' ', newest_owners.first_name, newest_owners.last_name), ''),
            sourced.property_hubspot_owner_id
        ) as owner,
        coalesce(sourced.property_hs_lead_status, sourced.property_lifecyclestage) as status,
        sourced.property_country as country,
        sourced.property_industry as industry,
        try_cast(sourced.property_numberofemployees as bigint) as employees,
        sourced.property_jobtitle as job_title,
        sourced.is_deleted,
        sourced._file,
        sourced._landed_at,
        sourced.file_row_number,
        sourced._checksum
    from sourced
    left join companies on sourced.property_associatedcompanyid = companies.id
    left join newest_owners on sourced.property_hubspot_owner_id = newest_owners.owner_id
)

select * from final
