-- Method: the touches known at a snapshot, and nothing later. The original source is that of the first touch up to the
-- lead's creation, the latest source that of the last one up to the snapshot.
with

snapshots as (
    select * from {{ ref('int_lead_snapshots') }}
),

touches as (
    select * from {{ ref('int_linked_touches') }}
),

touch_points as (
    select * from {{ ref('score_touch_points') }}
),

seen_touches as (
    select
        snapshots.lead_id,
        snapshots.known_at,
        snapshots.is_current,
        touches.touch_type,
        touches.source,
        touches.occurred_at,
        touches.known_at as touch_known_at,
        touch_points.points * power(
            cast(0.5 as double),
            {{ seconds_between('touches.occurred_at', 'snapshots.known_at') }}
            / 86400.0 / {{ var('score_half_life_days') }}
        ) as points,
        touches.occurred_at <= snapshots.created_at as is_before_creation,
        row_number() over (
            partition by snapshots.lead_id, snapshots.known_at, snapshots.is_current
            order by touches.occurred_at, touches.touchpoint_id
        ) as number_from_start,
        row_number() over (
            partition by snapshots.lead_id, snapshots.known_at, snapshots.is_current
            order by touches.occurred_at desc, touches.touchpoint_id desc
        ) as number_from_end
    from snapshots
    inner join touches on snapshots.person_id = touches.person_id and snapshots.known_at >= touches.known_at
    left join touch_points on touches.touch_type = touch_points.touch_type
),

final as (
    select
        lead_id,
        known_at,
        is_current,
        count(*) as touches,
        count(distinct source) as sources,
        count(case when touch_type = 'session' then 1 end) as sessions,
        max(occurred_at) as last_touch_at,
        max(touch_known_at) as newest_fact_at,
        max(case when number_from_start = 1 and is_before_creation then source end) as original_source,
        max(case when number_from_end = 1 then source end) as latest_source,
        -- Decimals, so that no sum depends on the order of its rows.
        round(cast(sum(cast(points as decimal(18, 9))) as double), 2) as behaviour_score
    from seen_touches
    group by lead_id, known_at, is_current
)

select * from final
