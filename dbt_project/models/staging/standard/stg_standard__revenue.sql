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
        subscription_id,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
