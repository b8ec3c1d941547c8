with

final as (
    select
        feed,
        entity,
        file,
        checksum,
        line,
        raw_text,
        reasons,
        rejected_at
    from {{ source('load_log', 'rejected_rows') }}
)

select * from final
