{{ config(materialized='table') }}
with

attribution as (
    select * from {{ ref('fct_attribution') }}
),

{%- if is_incremental_run() %}

changed as (
    select * from attribution
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
),

final as (
    select
        {{ reporting_date('conversion_at') }} as conversion_date,
        conversion_type,
        source,
        campaign
    from changed
    union
    select
        {{ reporting_date('conversion_at') }} as conversion_date,
        conversion_type,
        source,
        campaign
    from {{ deleted_rows(ref('fct_attribution')) }}
)

{%- else %}

-- On a whole night nobody asks.
final as (
    select
        {{ reporting_date('conversion_at') }} as conversion_date,
        conversion_type,
        source,
        campaign
    from attribution
    where false
)

{%- endif %}

select * from final
