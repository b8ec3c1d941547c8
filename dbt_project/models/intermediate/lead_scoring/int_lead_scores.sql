-- Method: the lead's fit points, plus the points of its person's touches, halved every `score_half_life_days` of age.
with

leads as (
    select * from {{ ref('int_leads') }}
),

fit_points as (
    select * from {{ ref('int_lead_fit_points') }}
),

touches as (
    select * from {{ ref('int_identified_touchpoints') }}
    where occurred_at <= {{ as_of() }}
),

touch_points as (
    select * from {{ ref('score_touch_points') }}
),

fit as (
    select
        lead_id,
        cast(sum(points) as double) as fit_score
    from fit_points
    group by lead_id
),

persons as (
    select distinct person_id from leads
),

-- Decimals, so that no sum depends on the order of its rows.
behaviour as (
    select
        touches.person_id,
        round(cast(sum(cast(
            touch_points.points * power(
                cast(0.5 as double),
                {{ seconds_between('touches.occurred_at', as_of()) }} / 86400.0 / {{ var('score_half_life_days') }}
            ) as decimal(18, 9)
        )) as double), 2) as behaviour_score
    from touches
    inner join persons on touches.person_id = persons.person_id
    inner join touch_points on touches.touch_type = touch_points.touch_type
    group by touches.person_id
),

scored as (
    select
        leads.lead_id,
        coalesce(fit.fit_score, 0) as fit_score,
        coalesce(behaviour.behaviour_score, 0) as behaviour_score,
        round(coalesce(fit.fit_score, 0) + coalesce(behaviour.behaviour_score, 0), 2) as score
    from leads
    left join fit on leads.lead_id = fit.lead_id
    left join behaviour on leads.person_id = behaviour.person_id
),

final as (
    select
        *,
        case
            when score >= {{ var('hot_from_score') }} then 'hot'
            when score >= {{ var('warm_from_score') }} then 'warm'
            else 'cold'
        end as temperature
    from scored
)

select * from final
