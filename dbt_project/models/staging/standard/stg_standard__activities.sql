with

raw_rows as (
    select * from {{ source('standard', 'activities') }}
),

final as (
    select
        activity_id,
        occurred_at,
        activity_type,
        direction,
        lead_id,
        email,
        account_id,
        source,
        campaign,
        outcome,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
