with

-- The raw text stays in the private schema: it may hold personal data.
final as (
    select
        feed,
        entity,
        file,
        checksum,
        line,
        reasons,
        rejected_at
    from {{ ref('stg_load_log__rejected_rows') }}
)

select * from final
