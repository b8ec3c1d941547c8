with

raw_rows as (
    select * from {{ source('standard', 'opportunity_contacts') }}
),

final as (
    select
        opportunity_id,
        lead_id,
        is_primary,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
