with

{{ newest_snapshot('revenue', ['revenue_id']) }},

final as (
    select
        {{ vendor_id('sql_crm', 'revenue_id') }} as revenue_id,
        date,
        {{ vendor_id('sql_crm', 'account_id') }} as account_id,
        {{ vendor_id('sql_crm', 'lead_id') }} as lead_id,
        amount,
        currency,
        kind,
        {{ vendor_id('sql_crm', 'subscription_id') }} as subscription_id,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from newest
    where not is_gone
)

select * from final
