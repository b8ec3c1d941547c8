with

{{ newest_snapshot('opportunity_contacts', ['opportunity_id', 'lead_id']) }},

final as (
    select
        {{ vendor_id('sql_crm', 'opportunity_id') }} as opportunity_id,
        {{ vendor_id('sql_crm', 'lead_id') }} as lead_id,
        is_primary,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from newest
    where not is_gone
)

select * from final
