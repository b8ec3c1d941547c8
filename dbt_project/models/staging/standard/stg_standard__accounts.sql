with

raw_rows as (
    select * from {{ source('standard', 'accounts') }}
),

final as (
    select
        account_id,
        updated_at,
        name,
        domain,
        industry,
        employees,
        country,
        is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
