-- A touch reactivates a disqualified lead, and an idle one: one with no touch, activity or stage entry in the
-- `recycle_after_days` before it and no opportunity open or closed in them.
with

leads as (
    select * from {{ ref('int_leads') }}
),

entries as (
    select * from {{ ref('int_lead_stage_entries') }}
),

opportunities as (
    select * from {{ ref('int_opportunities') }}
),

touches as (
    select * from {{ ref('int_identified_touchpoints') }}
    where occurred_at <= {{ as_of() }}
),

activities as (
    select * from {{ ref('int_activities') }}
    where occurred_at <= {{ as_of() }}
),

persons as (
    select distinct person_id from leads
),

unioned as (
    select person_id, occurred_at, 1 as touches from touches
    union all
    select person_id, occurred_at, 0 as touches from activities
),

events as (
    select
        unioned.person_id,
        unioned.occurred_at,
        unioned.occurred_at - interval 1 hour * 24 * {{ var('recycle_after_days') }} as idle_from,
        max(unioned.touches) = 1 as is_touch,
        lag(unioned.occurred_at) over (partition by unioned.person_id order by unioned.occurred_at) as previous_at
    from unioned
    inner join persons on unioned.person_id = persons.person_id
    group by unioned.person_id, unioned.occurred_at
),

after_inactivity as (
    select
        leads.lead_id,
        events.occurred_at as entered_at,
        'idle' as recycled_because
    from events
    inner join leads on events.person_id = leads.person_id and events.idle_from >= leads.created_at
    left join entries
        on
            leads.lead_id = entries.lead_id
            and events.idle_from < entries.entered_at
            and events.occurred_at >= entries.entered_at
    left join opportunities
        on
            leads.lead_id = opportunities.lead_id
            and events.occurred_at >= opportunities.created_at
            and (not opportunities.is_closed or events.idle_from < opportunities.closed_at)
    where
        events.is_touch
        and (events.previous_at is null or events.previous_at <= events.idle_from)
        and entries.lead_id is null
        and opportunities.lead_id is null
),

disqualifications as (
    select
        lead_id,
        stage,
        entered_at,
        lead(entered_at) over (partition by lead_id order by entered_at, stage_order) as next_entered_at
    from entries
),

-- The next touch, unless another entry came first.
after_disqualification as (
    select
        disqualifications.lead_id,
        min(touches.occurred_at) as entered_at,
        'disqualified' as recycled_because
    from disqualifications
    inner join leads on disqualifications.lead_id = leads.lead_id
    inner join touches
        on
            leads.person_id = touches.person_id
            and disqualifications.entered_at < touches.occurred_at
            and (disqualifications.next_entered_at is null or disqualifications.next_entered_at > touches.occurred_at)
    where disqualifications.stage = 'disqualified'
    group by disqualifications.lead_id, disqualifications.entered_at
),

reactivated as (
    select * from after_inactivity
    union all
    select * from after_disqualification
),

final as (
    select
        lead_id,
        entered_at,
        min(recycled_because) as recycled_because
    from reactivated
    group by lead_id, entered_at
)

select * from final
