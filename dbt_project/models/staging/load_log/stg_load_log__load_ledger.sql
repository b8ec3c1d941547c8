with

final as (
    select
        feed,
        entity,
        file,
        checksum,
        rows_read,
        rows_accepted,
        rows_rejected,
        file_reason,
        landed_at,
        loaded_at
    from {{ source('load_log', 'load_ledger') }}
)

select * from final
