-- A touch takes a lead up again where nothing at all had happened for `recycle_after_days` before it: no touch and no
-- other activity of the person, no stage entered, no deal of the lead created, closed or open.
with

leads as (
    select * from {{ ref('int_leads') }}
),

entries as (
    select * from {{ ref('int_lead_stage_entries') }}
),

deals as (
    select * from {{ ref('int_opportunities') }}
),

touches as (
    select * from {{ ref('int_identified_touchpoints') }}
),

activities as (
    select * from {{ ref('int_activities') }}
),

persons as (
    select distinct person_id from leads
),

happenings as (
    select touches.person_id, touches.occurred_at, 1 as touches
    from touches
    inner join persons on touches.person_id = persons.person_id
    union all
    select activities.person_id, activities.occurred_at, 0 as touches
    from activities
    inner join persons on activities.person_id = persons.person_id
),

moments as (
    select
        person_id,
        occurred_at,
        max(touches) = 1 as is_touch
    from happenings
    where occurred_at <= {{ as_of() }}
    group by person_id, occurred_at
),

silences as (
    select
        person_id,
        occurred_at,
        is_touch,
        occurred_at - interval 1 hour * 24 * {{ var('recycle_after_days') }} as silent_from,
        lag(occurred_at) over (partition by person_id order by occurred_at) as previous_at
    from moments
),

broken_silences as (
    select
        leads.lead_id,
        silences.occurred_at,
        silences.silent_from
    from silences
    inner join leads on silences.person_id = leads.person_id and silences.silent_from >= leads.created_at
    where silences.is_touch and (silences.previous_at is null or silences.previous_at <= silences.silent_from)
),

after_idleness as (
    select
        broken_silences.lead_id,
        broken_silences.occurred_at as entered_at,
        'idle' as recycled_because
    from broken_silences
    left join entries
        on
            broken_silences.lead_id = entries.lead_id
            and broken_silences.silent_from < entries.entered_at
            and broken_silences.occurred_at >= entries.entered_at
    left join deals
        on
            broken_silences.lead_id = deals.lead_id
            and broken_silences.occurred_at >= deals.created_at
            and (not deals.is_closed or broken_silences.silent_from < deals.closed_at)
    where entries.lead_id is null and deals.lead_id is null
),

-- A disqualified lead needs no silence: its next touch takes it up, where nobody did so before.
disqualifications as (
    select
        lead_id,
        stage,
        entered_at,
        lead(entered_at) over (partition by lead_id order by entered_at, place) as next_entered_at
    from entries
),

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
            and touches.occurred_at <= {{ as_of() }}
            and (disqualifications.next_entered_at is null or disqualifications.next_entered_at > touches.occurred_at)
    where disqualifications.stage = 'disqualified'
    group by disqualifications.lead_id, disqualifications.entered_at
),

unioned as (
    select * from after_idleness
    union all
    select * from after_disqualification
),

final as (
    select
        lead_id,
        entered_at,
        min(recycled_because) as recycled_because
    from unioned
    group by lead_id, entered_at
)

select * from final
