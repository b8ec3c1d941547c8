with

deal_contacts as (
    select * from {{ source('hubspot', 'deal_contact') }}
),

merged_deals as (
    select * from {{ ref('base_hubspot__merged_deals') }}
),

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
),

newest as (
    select * from deal_contacts
    {{ newest_version(['deal_id', 'contact_id']) }}
),

mapped as (
    select
        coalesce(merged_deals.surviving_deal_id, newest.deal_id) as deal_id,
        coalesce(contacts.canonical_contact_id, newest.contact_id) as canonical_contact_id,
        newest._file,
        newest._landed_at,
        newest.file_row_number,
        newest._checksum
    from newest
    left join merged_deals on newest.deal_id = merged_deals.deal_id
    left join contacts on newest.contact_id = contacts.id
    where not coalesce(newest._fivetran_deleted, false) and not coalesce(contacts.is_canonical_deleted, false)
),

final as (
    select
        {{ vendor_id('hubspot', 'deal_id') }} as opportunity_id,
        {{ vendor_id('hubspot', 'canonical_contact_id') }} as lead_id,
        cast(null as boolean) as is_primary,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from mapped
    {{ newest_version(['deal_id', 'canonical_contact_id']) }}
)

select * from final
