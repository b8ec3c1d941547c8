with

{{ newest_snapshot('leads', ['lead_id']) }},

final as (
    select
        {{ vendor_id('sql_crm', 'lead_id') }} as lead_id,
        created_at,
        updated_at,
        email,
        {{ vendor_id('sql_crm', 'account_id') }} as account_id,
        company_domain,
        source,
        medium,
        campaign,
        content,
        entry_method,
        form,
        owner,
        status,
        country,
        industry,
        employees,
        job_title,
        is_gone or coalesce(is_deleted, false) as is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from newest
)

select * from final
