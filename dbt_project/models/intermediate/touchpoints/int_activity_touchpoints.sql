-- An activity is a touch where it names a source or its type implies one. A sales conversation with an existing lead
-- that names no source is a follow-up and no touch.
with

activities as (
    select * from {{ ref('int_activities') }}
),

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

first_leads as (
    select
        person_id,
        min({{ earliest_moment('created_at') }}) as first_lead_at
    from leads
    group by person_id
),

sourced as (
    select
        activities.*,
        classified.source,
        classified.crm_source is not null as names_its_source,
        catalogue.is_unclear,
        coalesce(activity_types.is_sales_conversation and activities.occurred_at >= first_leads.first_lead_at, false)
            as is_follow_up
    from activities
    inner join classified on activities.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
    left join activity_types on activities.activity_type = activity_types.activity_type
    left join first_leads on activities.person_id = first_leads.person_id
),

final as (
    select
        'activity:' || activity_id as touchpoint_id,
        person_id,
        person_type,
        activity_type as touch_type,
        source,
        cast(null as varchar) as medium,
        crm_campaign as campaign,
        cast(null as varchar) as content,
        source = 'direct' as is_direct,
        source_key,
        {{ earliest_moment('occurred_at') }} as occurred_at
    from sourced
    where names_its_source or (not is_unclear and not is_follow_up)
)

select * from final
