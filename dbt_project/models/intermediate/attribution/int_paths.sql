{{ config(materialized='view') }}
with

path_touches as (
    select
        *,
        {{ ordered_pair('occurred_at', 'touchpoint_id') }} as place
    from {{ ref('int_path_touches') }}
),

ends as (
    select
        conversion_id,
        count(*) as touch_count,
        min(place) as first_touch,
        max(place) as last_touch,
        max(case when occurred_at <= lead_created_at then place end) as lead_creation_touch,
        max(case when occurred_at <= opportunity_created_at then place end) as opportunity_creation_touch,
        sum(decay_weight) as decay_sum
    from path_touches
    group by conversion_id
),

final as (
    select
        ends.conversion_id,
        ends.touch_count,
        {{ second_of('ends.first_touch') }} as first_touch,
        {{ second_of('ends.last_touch') }} as last_touch,
        {{ second_of('ends.lead_creation_touch') }} as lead_creation_touch,
        {{ second_of('ends.opportunity_creation_touch') }} as opportunity_creation_touch,
        ends.decay_sum
    from ends
)

select * from final
