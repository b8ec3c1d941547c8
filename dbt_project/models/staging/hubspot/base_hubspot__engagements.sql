-- Notes and tasks are no activities: sales writes them for itself.
with

engagements as (
    select * from {{ source('hubspot', 'engagement') }}
    {{ newest_version(['id']) }}
),

calls as (
    select * from {{ source('hubspot', 'engagement_call') }}
    {{ newest_version(['engagement_id']) }}
),

meetings as (
    select * from {{ source('hubspot', 'engagement_meeting') }}
    {{ newest_version(['engagement_id']) }}
),

emails as (
    select * from {{ source('hubspot', 'engagement_email') }}
    {{ newest_version(['engagement_id']) }}
),

unioned as (
    select
        engagement_id,
        'call' as activity_type,
        case lower(property_hs_call_direction) when 'inbound' then 'inbound' when 'outbound' then 'outbound' end
            as direction,
        lower(property_hs_call_status) as outcome,
        {{ date_or_created('property_hs_timestamp', 'property_hs_createdate') }} as occurred_at,
        coalesce(_fivetran_deleted, false) as is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from calls
    union all
    select
        engagement_id,
        'meeting' as activity_type,
        cast(null as varchar) as direction,
        lower(coalesce(property_hs_meeting_outcome, meeting_outcome)) as outcome,
        coalesce(property_hs_meeting_start_time, property_hs_timestamp, start_time, property_hs_createdate)
            as occurred_at,
        coalesce(_fivetran_deleted, false) as is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from meetings
    union all
    select
        engagement_id,
        case property_hs_email_direction when 'INCOMING_EMAIL' then 'reply' else 'email' end as activity_type,
        case property_hs_email_direction when 'INCOMING_EMAIL' then 'inbound' when 'EMAIL' then 'outbound' end
            as direction,
        cast(null as varchar) as outcome,
        {{ date_or_created('property_hs_timestamp', 'property_hs_createdate') }} as occurred_at,
        coalesce(_fivetran_deleted, false) as is_deleted,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from emails
    where coalesce(property_hs_email_direction, '') not in ('DRAFT_EMAIL', 'FORWARDED_EMAIL')
),

final as (
    select
        unioned.engagement_id,
        unioned.activity_type,
        unioned.direction,
        unioned.outcome,
        coalesce(unioned.occurred_at, engagements.timestamp) as occurred_at,
        unioned._file,
        unioned._landed_at,
        unioned.file_row_number,
        unioned._checksum
    from unioned
    left join engagements on unioned.engagement_id = engagements.id
    where
        not unioned.is_deleted
        and coalesce(engagements.active, true)
        -- Meetings that took place, or may still.
        and coalesce(unioned.outcome, '') not in ('canceled', 'cancelled', 'no_show', 'no show', 'rescheduled')
)

select * from final
where occurred_at is not null
