{{ config(materialized='view') }}
with

final as (
    select * from {{ ref('int_known_touchpoints') }}
    union all
    select * from {{ ref('int_stranger_touches') }}
)

select * from final
