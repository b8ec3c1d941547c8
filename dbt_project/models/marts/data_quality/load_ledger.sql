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
        loaded_at
    from {{ ref('stg_load_log__load_ledger') }}
)

select * from final
