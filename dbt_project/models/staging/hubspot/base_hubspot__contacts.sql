{{ config(materialized='table') }}
with recursive

-- A row that only says that the contact is deleted has no time of its own.
contacts as (
    select * from {{ source('hubspot', 'contact') }}
    {{ newest_version(['id'], 'coalesce(property_lastmodifieddate, _landed_at)') }}
),

merge_audit as (
    select * from {{ source('hubspot', 'contact_merge_audit') }}
),

-- HubSpot writes id;id or id:time;id:time.
listed as (
    select
        id as surviving_id,
        {{ each_word("concat_ws(';', property_hs_calculated_merged_vids, property_hs_merged_object_ids)", ';') }}
            as merged
    from contacts
),

listed_mergers as (
    select
        trim(split_part(merged, ':', 1)) as merged_id,
        surviving_id
    from listed
    union all
    select vid_to_merge as merged_id, canonical_vid as surviving_id from merge_audit
),

-- A contact that was merged twice is listed by both others; either leads to the last one.
mergers as (
    select
        merged_id,
        min(surviving_id) as surviving_id
    from listed_mergers
    where merged_id != '' and merged_id != surviving_id
    group by merged_id
),

{{ survivors_of_merges() }},

-- HubSpot may send no row of a merged or of a canonical contact to which other rows refer.
ids as (
    select id from contacts
    union
    select id from survivors
    union
    select surviving_id as id from survivors
),

ranked as (
    select
        ids.id,
        coalesce(survivors.surviving_id, ids.id) as canonical_contact_id,
        contacts.property_email as email,
        contacts.property_createdate,
        contacts.property_lastmodifieddate,
        contacts.property_hs_analytics_source,
        contacts.property_hs_analytics_source_data_1,
        contacts.property_hs_analytics_source_data_2,
        contacts.property_hs_latest_source,
        contacts.property_hs_latest_source_data_1,
        contacts.property_hs_latest_source_data_2,
        contacts.property_utm_source,
        contacts.property_utm_medium,
        contacts.property_utm_campaign,
        contacts.property_utm_content,
        contacts.property_lead_source,
        contacts.property_entry_method,
        contacts.property_company_domain,
        contacts.property_hs_object_source,
        contacts.property_first_conversion_event_name,
        contacts.property_lifecyclestage,
        contacts.property_hs_lifecyclestage_lead_date,
        contacts.property_hs_lifecyclestage_marketingqualifiedlead_date,
        contacts.property_hs_lifecyclestage_salesqualifiedlead_date,
        contacts.property_hs_lifecyclestage_opportunity_date,
        contacts.property_hs_lifecyclestage_customer_date,
        contacts.property_hs_lead_status,
        contacts.property_jobtitle,
        contacts.property_country,
        contacts.property_industry,
        contacts.property_numberofemployees,
        contacts.property_hubspot_owner_id,
        contacts.property_associatedcompanyid,
        coalesce(contacts._fivetran_deleted, false) as is_deleted,
        contacts._file,
        contacts._landed_at,
        contacts.file_row_number,
        contacts._checksum,
        row_number() over (
            partition by coalesce(survivors.surviving_id, ids.id)
            order by
                case when contacts.id is null then 1 else 0 end asc,
                case when survivors.id is null then 0 else 1 end asc,
                case when contacts._fivetran_deleted then 1 else 0 end asc,
                contacts.property_lastmodifieddate desc nulls last,
                ids.id asc
        ) = 1 as is_canonical
    from ids
    left join contacts on ids.id = contacts.id
    left join survivors on ids.id = survivors.id
),

final as (
    select
        *,
        max(case when is_canonical and is_deleted then 1 else 0 end) over (partition by canonical_contact_id) = 1
            as is_canonical_deleted
    from ranked
)

select * from final
