{{ config(materialized='view') }}
-- A set of sources is a number too: the sum of the bits of its sources. There is room for 126.
with

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

numbered as (
    select
        source,
        row_number() over (order by source) as source_number
    from catalogue
),

final as (
    select
        source,
        source_number,
        cast(power(cast(2 as double), source_number - 1) as decimal(38, 0)) as source_bit
    from numbered
)

select * from final
