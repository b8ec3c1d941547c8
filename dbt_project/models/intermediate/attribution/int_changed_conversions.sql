{{ config(materialized='table') }}
-- Conversions that are new or gone, moved, or whose persons or their touches are not what they were last night.
with

{%- if is_incremental_run() %}

conversion_persons as (
    select * from {{ ref('int_conversion_persons') }}
),

final as (
    select conversion_id from {{ row_diff(ref('int_conversions')) }} as conversions
    union
    select conversion_id from {{ row_diff(ref('int_conversion_persons')) }} as persons
    union
    select conversion_id from conversion_persons
    where person_id in (select person_id from {{ ref('int_changed_persons') }})
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select conversion_id from {{ ref('int_conversions') }}
    where false
)

{%- endif %}

select * from final
