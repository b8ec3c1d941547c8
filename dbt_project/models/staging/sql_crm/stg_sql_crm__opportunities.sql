with

{{ newest_snapshot('opportunities', ['opportunity_id']) }},

final as (
    select
        {{ vendor_id('sql_crm', 'opportunity_id') }} as opportunity_id,
        created_at,
        updated_at,
        {{ vendor_id('sql_crm', 'account_id') }} as account_id,
        {{ vendor_id('sql_crm', 'lead_id') }} as lead_id,
        name,
        stage,
        is_won,
        is_closed,
        closed_at,
        amount,
        currency,
        source,
        is_gone or coalesce(is_deleted, false) as is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from newest
)

select * from final
