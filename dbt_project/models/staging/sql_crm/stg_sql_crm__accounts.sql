with

{{ newest_snapshot('accounts', ['account_id']) }},

final as (
    select
        {{ vendor_id('sql_crm', 'account_id') }} as account_id,
        updated_at,
        name,
        domain,
        industry,
        employees,
        country,
        is_gone or coalesce(is_deleted, false) as is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from newest
)

select * from final
