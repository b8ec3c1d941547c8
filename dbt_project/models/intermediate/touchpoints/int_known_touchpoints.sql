{{ config(materialized='view') }}
with

final as (
    select * from {{ ref('int_session_touches') }}
    union all
    select * from {{ ref('int_work_touches') }}
    union all
    select * from {{ ref('int_lead_touches') }}
)

select * from final
