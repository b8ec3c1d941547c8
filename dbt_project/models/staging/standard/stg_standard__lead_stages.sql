with

raw_rows as (
    select * from {{ source('standard', 'lead_stages') }}
),

final as (
    select
        lead_id,
        stage,
        entered_at,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
