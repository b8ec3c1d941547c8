with

raw_rows as (
    select * from {{ source('standard', 'costs') }}
),

final as (
    select
        month,
        source,
        cost_type,
        amount,
        currency,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
