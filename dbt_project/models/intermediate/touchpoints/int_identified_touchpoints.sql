{{ config(materialized='view') }}
with

final as (
    select * from {{ ref('int_session_touchpoints') }}
    union all
    select * from {{ ref('int_activity_touchpoints') }}
    union all
    select * from {{ ref('int_lead_touchpoints') }}
)

select * from final
