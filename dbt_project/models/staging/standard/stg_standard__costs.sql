with

raw_rows as (
    select * from {{ source('standard', 'costs') }}
),

-- Of rows alike in every column, which a file has twice by mistake, one counts.
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
    qualify {{ first_of_alike(['month', 'source', 'cost_type', 'amount', 'currency']) }}
)

select * from final
