with

raw_rows as (
    select * from {{ source('standard', 'opportunities') }}
),

final as (
    select
        opportunity_id,
        created_at,
        updated_at,
        account_id,
        lead_id,
        name,
        stage,
        is_won,
        is_closed,
        closed_at,
        amount,
        currency,
        source,
        is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
