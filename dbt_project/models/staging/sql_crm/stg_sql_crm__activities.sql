with

{{ newest_snapshot('activities', ['activity_id']) }},

final as (
    select
        {{ vendor_id('sql_crm', 'activity_id') }} as activity_id,
        occurred_at,
        activity_type,
        direction,
        {{ vendor_id('sql_crm', 'lead_id') }} as lead_id,
        email,
        {{ vendor_id('sql_crm', 'account_id') }} as account_id,
        source,
        campaign,
        outcome,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from newest
    where not is_gone
)

select * from final
