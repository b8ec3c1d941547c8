with

{{ newest_snapshot('lead_stages', ['lead_id', 'stage', 'entered_at']) }},

final as (
    select
        {{ vendor_id('sql_crm', 'lead_id') }} as lead_id,
        stage,
        entered_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from newest
    where not is_gone
)

select * from final
