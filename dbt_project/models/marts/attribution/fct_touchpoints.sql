with

final as (
    select
        touchpoint_id,
        occurred_at,
        person_id,
        account_id,
        touch_type,
        source,
        medium,
        campaign,
        content,
        is_direct
    from {{ ref('int_touchpoints') }}
)

select * from final
