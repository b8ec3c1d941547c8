with

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
    where is_canonical and _checksum is not null
),

companies as (
    select * from {{ ref('base_hubspot__companies') }}
),

owners as (
    select * from {{ source('hubspot', 'owner') }}
    {{ newest_version(['owner_id']) }}
),

-- Where the original source is not known, the latest one is used, with its details.
known as (
    select
        *,
        property_hs_analytics_source is null as is_latest,
        coalesce(property_hs_analytics_source, property_hs_latest_source) as hs_source
    from contacts
),

detailed as (
    select
        *,
        case
            when is_latest then property_hs_latest_source_data_1 else property_hs_analytics_source_data_1
        end as detail_1,
        case
            when is_latest then property_hs_latest_source_data_2 else property_hs_analytics_source_data_2
        end as detail_2
    from known
),

-- The company's own properties say more than HubSpot's source.
sourced as (
    select
        *,
        -- The company's own properties go before HubSpot's source of the session, and are not mixed with it.
        coalesce(
            property_lead_source, property_utm_source,
            {{ hubspot_source('source', 'hs_source', 'detail_1', 'detail_2') }}
        ) as source,
        {%- for part in ['medium', 'campaign', 'content'] %}
        coalesce(
            property_utm_{{ part }},
            case
                when coalesce(property_lead_source, property_utm_source) is null
                    then {{ hubspot_source(part, 'hs_source', 'detail_1', 'detail_2') }}
            end
        ) as {{ part }},
        {%- endfor %}
        coalesce(property_hs_object_source, detail_1) as way_in
    from detailed
),

final as (
    select
        {{ vendor_id('hubspot', 'sourced.canonical_contact_id') }} as lead_id,
        coalesce(sourced.property_createdate, sourced.property_lastmodifieddate, sourced._landed_at) as created_at,
        sourced.property_lastmodifieddate as updated_at,
        sourced.email,
        case
            when not coalesce(companies.is_deleted, false)
                then {{ vendor_id('hubspot', 'sourced.property_associatedcompanyid') }}
        end as account_id,
        sourced.property_company_domain as company_domain,
        sourced.source,
        sourced.medium,
        sourced.campaign,
        sourced.content,
        case
            when lower(sourced.property_entry_method) in ('form', 'manual', 'import', 'api', 'phone', 'event')
                then lower(sourced.property_entry_method)
            when sourced.way_in in ('FORM', 'FORMS') then 'form'
            when sourced.way_in in ('IMPORT', 'CONTACT_IMPORT') then 'import'
            when sourced.way_in in ('API', 'INTEGRATION') then 'api'
            when
                sourced.way_in
                in ('CRM_UI', 'CONTACTS', 'CONTACTS_WEB', 'SALES', 'EXTENSION', 'MOBILE_ANDROID', 'MOBILE_IOS')
                then 'manual'
            when sourced.way_in = 'CALLING' then 'phone'
            when sourced.property_first_conversion_event_name is not null then 'form'
        end as entry_method,
        sourced.property_first_conversion_event_name as form,
        coalesce(
            nullif(concat_ws(' ', owners.first_name, owners.last_name), ''),
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
    left join owners on sourced.property_hubspot_owner_id = owners.owner_id
)

select * from final
