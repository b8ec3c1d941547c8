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
        keys_repeated,
        rows_repeated,
        rows_superseded,
        file_reason,
        landed_at,
        loaded_at
    from {{ source('load_log', 'load_ledger') }}
)

select * from final
