with

tasks as (
    {{ newest_in_salesforce('task') }}
),

events as (
    {{ newest_in_salesforce('event') }}
),

members as (
    {{ newest_in_salesforce('campaign_member') }}
),

campaigns as (
    {{ newest_in_salesforce('campaign') }}
),

persons as (
    select * from {{ ref('base_salesforce__persons') }}
),

-- Tasks that are done, and are a call, an e-mail or a meeting.
done_tasks as (
    select
        id,
        coalesce(completed_date_time, {{ date_or_created('activity_date', 'created_date') }}) as occurred_at,
        case
            when lower(task_subtype) = 'call' or lower(type) = 'call' then 'call'
            when lower(task_subtype) = 'email' or lower(type) = 'email' then 'email'
            when lower(type) = 'meeting' then 'meeting'
        end as activity_type,
        case lower(call_type) when 'inbound' then 'inbound' when 'outbound' then 'outbound' end as direction,
        who_id,
        account_id,
        cast(null as varchar) as source,
        cast(null as varchar) as campaign,
        call_disposition as outcome,
        _file, _landed_at, file_row_number, _checksum
    from tasks
    where
        not is_gone
        and coalesce(is_closed, lower(status) = 'completed', false)
        and coalesce(lower(call_type), '') != 'internal'
),

-- Without the copies in the calendars of those invited.
meetings as (
    select
        id,
        coalesce(
            case when not coalesce(is_all_day_event, false) then coalesce(start_date_time, activity_date_time) end,
            {{ date_or_created('coalesce(activity_date, start_date_time)', 'created_date') }}
        ) as occurred_at,
        case lower(type) when 'call' then 'call' when 'email' then 'email' else 'meeting' end as activity_type,
        cast(null as varchar) as direction,
        who_id,
        account_id,
        cast(null as varchar) as source,
        cast(null as varchar) as campaign,
        cast(null as varchar) as outcome,
        _file, _landed_at, file_row_number, _checksum
    from events
    where not is_gone and not coalesce(is_child, false)
),

-- Members of a campaign who did not answer only received it.
responses as (
    select
        members.id,
        coalesce({{ date_alone('members.first_responded_date') }}, members.created_date) as occurred_at,
        coalesce({{ map_values('campaigns.type', var('campaign_activity_types')) }}, 'other') as activity_type,
        'inbound' as direction,
        coalesce(members.contact_id, members.lead_id) as who_id,
        cast(null as varchar) as account_id,
        campaigns.type as source,
        campaigns.name as campaign,
        members.status as outcome,
        members._file, members._landed_at, members.file_row_number, members._checksum
    from members
    left join campaigns on members.campaign_id = campaigns.id
    where not members.is_gone and coalesce(members.has_responded, true)
),

unioned as (
    select * from done_tasks
    union all
    select * from meetings
    union all
    select * from responses
),

final as (
    select
        {{ vendor_id('salesforce', 'unioned.id') }} as activity_id,
        unioned.occurred_at,
        unioned.activity_type,
        unioned.direction,
        {{ vendor_id('salesforce', 'coalesce(persons.canonical_id, unioned.who_id)') }} as lead_id,
        cast(null as varchar) as email,
        {{ vendor_id('salesforce', 'unioned.account_id') }} as account_id,
        unioned.source,
        unioned.campaign,
        unioned.outcome,
        unioned._file,
        unioned._landed_at,
        unioned.file_row_number,
        unioned._checksum
    from unioned
    left join persons on unioned.who_id = persons.id
    where
        unioned.activity_type is not null
        and unioned.occurred_at is not null
        and coalesce(unioned.who_id, unioned.account_id) is not null
        and not coalesce(persons.is_canonical_deleted, false)
)

select * from final
