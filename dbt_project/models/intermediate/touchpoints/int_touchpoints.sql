with

candidates as (
    select * from {{ ref('int_touch_candidates') }}
),

classified as (
    select * from {{ ref('int_source_combinations_classified') }}
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
        min(created_at) as first_lead_at
    from leads
    group by person_id
),

sourced as (
    select
        candidates.*,
        classified.source,
        classified.crm_source,
        catalogue.is_unclear,
        candidates.occurred_at >= first_leads.first_lead_at as is_after_lead,
        coalesce(activity_types.is_sales_conversation, false) as is_sales_conversation
    from candidates
    inner join classified on candidates.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
    left join first_leads on candidates.person_id = first_leads.person_id
    left join activity_types on candidates.touch_type = activity_types.activity_type
),

-- A session is a touch where its source can be told. An activity is one when it names its source or its kind implies
-- one, except that sales work on a lead that is already there (a follow-up call) opened no door.
eligible as (
    select * from sourced
    where
        (touch_type in ('session', 'lead_created') and not is_unclear)
        or (touch_type not in ('session', 'lead_created') and crm_source is not null)
        or (not is_unclear and not (is_sales_conversation and coalesce(is_after_lead, false)))
),

-- The newest touch of the person before each one, to see whether it already stands for a lead's creation.
neighbours as (
    select
        *,
        lag(occurred_at) over (
            partition by person_id
            order by occurred_at, case when touch_type = 'lead_created' then 1 else 0 end, touchpoint_id
        ) as previous_at
    from eligible
),

final as (
    select
        touchpoint_id,
        person_id,
        account_id,
        touch_type,
        source,
        medium,
        campaign,
        content,
        source = 'direct' as is_direct,
        source_key,
        row_number() over (order by occurred_at, touchpoint_id) as touch_number,
        occurred_at
    from neighbours
    where
        touch_type != 'lead_created'
        or previous_at is null
        or {{ seconds_between('previous_at', 'occurred_at') }} > {{ var('lead_touch_merge_minutes') }} * 60
)

select * from final
