{{ config(materialized='table') }}
with recursive

contacts as (
    select * from {{ source('hubspot', 'contact') }}
),

merge_audit as (
    select * from {{ source('hubspot', 'contact_merge_audit') }}
),

-- A row that only says that the contact is deleted has no time of its own.
newest as (
    select * from contacts
    {{ newest_version(['id'], 'coalesce(property_lastmodifieddate, _landed_at)') }}
),

-- HubSpot writes id;id or id:time;id:time.
listed as (
    select
        id as surviving_id,
        {{ each_word("concat_ws(';', property_hs_calculated_merged_vids, property_hs_merged_object_ids)", ';') }}
            as merged
    from newest
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
    select id from newest
    union
    select id from survivors
    union
    select surviving_id as id from survivors
),

ranked as (
    select
        ids.id,
        coalesce(survivors.surviving_id, ids.id) as canonical_contact_id,
        newest.property_email as email,
        newest.property_createdate,
        newest.property_lastmodifieddate,
        newest.property_hs_analytics_source,
        newest.property_hs_analytics_source_data_1,
        newest.property_hs_analytics_source_data_2,
        newest.property_hs_latest_source,
        newest.property_hs_latest_source_data_1,
        newest.property_hs_latest_source_data_2,
        newest.property_utm_source,
        newest.property_utm_medium,
        newest.property_utm_campaign,
        newest.property_utm_content,
        newest.property_lead_source,
        newest.property_entry_method,
        newest.property_company_domain,
        newest.property_hs_object_source,
        newest.property_first_conversion_event_name,
        newest.property_lifecyclestage,
        newest.property_hs_lifecyclestage_lead_date,
        newest.property_hs_lifecyclestage_marketingqualifiedlead_date,
        newest.property_hs_lifecyclestage_salesqualifiedlead_date,
        newest.property_hs_lifecyclestage_opportunity_date,
        newest.property_hs_lifecyclestage_customer_date,
        newest.property_hs_lead_status,
        newest.property_jobtitle,
        newest.property_country,
        newest.property_industry,
        newest.property_numberofemployees,
        newest.property_hubspot_owner_id,
        newest.property_associatedcompanyid,
        coalesce(newest._fivetran_deleted, false) as is_deleted,
        newest._file,
        newest._landed_at,
        newest.file_row_number,
        newest._checksum,
        row_number() over (
            partition by coalesce(survivors.surviving_id, ids.id)
            order by
                case when newest.id is null then 1 else 0 end asc,
                case when survivors.id is null then 0 else 1 end asc,
                case when newest._fivetran_deleted then 1 else 0 end asc,
                newest.property_lastmodifieddate desc nulls last,
                ids.id asc
        ) = 1 as is_canonical
    from ids
    left join newest on ids.id = newest.id
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
