with

sessions as (
    select * from {{ ref('int_sessions') }}
    where started_at <= {{ as_of() }}
),

activities as (
    select * from {{ ref('int_activities') }}
),

leads as (
    select * from {{ ref('int_leads') }}
),

-- Each feed is read once and grouped before the union: the sessions are the largest table there is.
unioned as (
    select
        source_key,
        count(*) as sessions,
        0 as activities,
        0 as leads,
        min(started_at) as first_seen_at,
        max(started_at) as last_seen_at
    from sessions
    group by source_key
    union all
    select
        source_key,
        0 as sessions,
        count(*) as activities,
        0 as leads,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from activities
    group by source_key
    union all
    select
        source_key,
        0 as sessions,
        0 as activities,
        count(*) as leads,
        min(created_at) as first_seen_at,
        max(created_at) as last_seen_at
    from leads
    group by source_key
),

final as (
    select
        source_key,
        cast(sum(sessions) as bigint) as sessions,
        cast(sum(activities) as bigint) as activities,
        cast(sum(leads) as bigint) as leads,
        {{ reporting_date('min(first_seen_at)') }} as first_seen_on,
        {{ reporting_date('max(last_seen_at)') }} as last_seen_on
    from unioned
    group by source_key
)

select * from final
