with

raw_rows as (
    select * from {{ source('standard', 'revenue') }}
),

final as (
    select
        revenue_id,
        date,
        account_id,
        lead_id,
        amount,
        currency,
        kind,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
