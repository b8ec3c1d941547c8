with

raw_rows as (
    select * from {{ source('standard', 'leads') }}
),

final as (
    select
        lead_id,
        created_at,
        updated_at,
        email,
        account_id,
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
        is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
