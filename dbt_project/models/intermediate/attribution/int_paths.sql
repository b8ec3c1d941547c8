with

path_touches as (
    select * from {{ ref('int_path_touches') }}
),

ends as (
    select
        conversion_id,
        count(*) as touch_count,
        min(touch_number) as first_touch,
        max(touch_number) as last_touch,
        max(case when occurred_at <= lead_created_at then touch_number end) as lead_creation_touch,
        max(case when occurred_at <= opportunity_created_at then touch_number end) as opportunity_creation_touch,
        max(occurred_at) as last_touch_at
    from path_touches
    group by conversion_id
),

-- Ages are taken from the last touch: the same shares, and no weight vanishes however long the window.
decays as (
    select
        path_touches.conversion_id,
        sum({{ decay_weight('path_touches.occurred_at', 'ends.last_touch_at') }}) as decay_sum
    from path_touches
    inner join ends on path_touches.conversion_id = ends.conversion_id
    group by path_touches.conversion_id
),

final as (
    select
        ends.conversion_id,
        ends.touch_count,
        ends.first_touch,
        ends.last_touch,
        ends.lead_creation_touch,
        ends.opportunity_creation_touch,
        decays.decay_sum,
        ends.last_touch_at
    from ends
    inner join decays on ends.conversion_id = decays.conversion_id
)

select * from final
