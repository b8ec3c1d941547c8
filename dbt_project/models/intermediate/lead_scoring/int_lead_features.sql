-- Method: what was known at `known_at` and nothing later. Source and behaviour are counted from the touches and
-- activities known by then. Segments and the form are the record's own, which the CRM does not date; how they are kept
-- from giving the outcome away is in orchestration/prediction/lead_outcomes.py.
with

snapshots as (
    select * from {{ ref('int_lead_snapshots') }}
),

paths as (
    select * from {{ ref('int_lead_paths') }}
),

activities as (
    select * from {{ ref('int_activities') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

forms as (
    select * from {{ ref('int_lead_forms') }}
),

segments as (
    select * from {{ ref('int_lead_segments') }}
),

fit_points as (
    select * from {{ ref('int_lead_fit_points') }}
),

fit as (
    select
        lead_id,
        cast(sum(points) as double) as fit_score
    from fit_points
    group by lead_id
),

conversations as (
    select
        snapshots.lead_id,
        snapshots.known_at,
        snapshots.is_current,
        count(case when activities.direction = 'inbound' then 1 end) as replies,
        count(case when coalesce(activities.direction, 'outbound') = 'outbound' then 1 end) as sales_activities,
        max(activities.occurred_at) as newest_fact_at
    from snapshots
    inner join activities
        on snapshots.person_id = activities.person_id and snapshots.known_at >= activities.occurred_at
    inner join activity_types on activities.activity_type = activity_types.activity_type
    where activity_types.is_sales_conversation
    group by snapshots.lead_id, snapshots.known_at, snapshots.is_current
),

final as (
    select
        snapshots.lead_id,
        snapshots.known_at,
        snapshots.is_current,
        snapshots.created_at,
        snapshots.trained_at,
        snapshots.observed_until_at,
        snapshots.base_age_days,
        snapshots.sql_at,
        snapshots.opportunity_at,
        snapshots.customer_at,
        snapshots.customer_value,
        snapshots.stage,
        coalesce(paths.original_source, lead_sources.crm_source) as original_source,
        coalesce(paths.latest_source, lead_sources.crm_source) as latest_source,
        leads.entry_method,
        forms.form_kind,
        segments.company_size,
        segments.industry,
        segments.country,
        {{ seconds_between('snapshots.created_at', 'snapshots.known_at') }} / 86400.0 as age_days,
        {{ seconds_between('snapshots.stage_entered_at', 'snapshots.known_at') }} / 86400.0 as stage_days,
        {{ seconds_between('coalesce(paths.last_touch_at, snapshots.created_at)', 'snapshots.known_at') }} / 86400.0
            as inactive_days,
        coalesce(paths.touches, 0) as touches,
        coalesce(paths.sources, 0) as sources,
        coalesce(paths.sessions, 0) as sessions,
        coalesce(paths.behaviour_score, 0) as behaviour_score,
        coalesce(conversations.replies, 0) as replies,
        coalesce(conversations.sales_activities, 0) as sales_activities,
        round(coalesce(fit.fit_score, 0) + coalesce(paths.behaviour_score, 0), 2) as rule_score,
        greatest(snapshots.stage_entered_at, paths.newest_fact_at, conversations.newest_fact_at) as newest_fact_at
    from snapshots
    inner join leads on snapshots.lead_id = leads.lead_id
    inner join lead_sources on snapshots.lead_id = lead_sources.lead_id
    inner join segments on snapshots.lead_id = segments.lead_id
    left join forms on snapshots.lead_id = forms.lead_id
    left join fit on snapshots.lead_id = fit.lead_id
    left join paths
        on
            snapshots.lead_id = paths.lead_id
            and snapshots.known_at = paths.known_at
            and snapshots.is_current = paths.is_current
    left join conversations
        on
            snapshots.lead_id = conversations.lead_id
            and snapshots.known_at = conversations.known_at
            and snapshots.is_current = conversations.is_current
)

select * from final
