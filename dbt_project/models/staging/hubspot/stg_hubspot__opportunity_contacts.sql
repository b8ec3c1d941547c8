with

deal_contacts as (
    select * from {{ source('hubspot', 'deal_contact') }}
    {{ newest_version(['deal_id', 'contact_id']) }}
),

merged_deals as (
    select * from {{ ref('base_hubspot__merged_deals') }}
),

contacts as (
    select * from {{ ref('base_hubspot__contacts') }}
),

mapped as (
    select
        coalesce(merged_deals.surviving_deal_id, deal_contacts.deal_id) as deal_id,
        coalesce(contacts.canonical_contact_id, deal_contacts.contact_id) as canonical_contact_id,
        deal_contacts._file,
        deal_contacts._landed_at,
        deal_contacts.file_row_number,
        deal_contacts._checksum
    from deal_contacts
    left join merged_deals on deal_contacts.deal_id = merged_deals.deal_id
    left join contacts on deal_contacts.contact_id = contacts.id
    where not coalesce(deal_contacts._fivetran_deleted, false) and not coalesce(contacts.is_canonical_deleted, false)
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
