with

raw_rows as (
    select * from {{ source('standard', 'experiments') }}
),

final as (
    select
        experiment_id,
        source,
        country,
        state,
        starts_on,
        ends_on,
        spend,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
)

select * from final
