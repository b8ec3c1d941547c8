-- The first response is the first outgoing sales conversation after the lead's creation. An SLA still running is
-- neither met nor missed, nor is one that the times not given may have met or missed.
with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

activities as (
    select * from {{ ref('int_activities') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

slas as (
    select * from {{ ref('response_slas') }}
),

first_responses as (
    select
        leads.lead_id,
        min(activities.occurred_at) as first_response_at
    from leads
    inner join activities
        on
            leads.person_id = activities.person_id
            and activities.occurred_at >= {{ earliest_moment('leads.created_at') }}
    inner join activity_types on activities.activity_type = activity_types.activity_type
    where activity_types.is_sales_conversation and coalesce(activities.direction, 'outbound') = 'outbound'
    group by leads.lead_id
),

due as (
    select
        leads.lead_id,
        catalogue.source_type,
        slas.sla_minutes,
        leads.created_at,
        leads.created_at + interval 1 minute * slas.sla_minutes as sla_due_at,
        first_responses.first_response_at
    from leads
    inner join lead_sources on leads.lead_id = lead_sources.lead_id
    inner join catalogue on lead_sources.original_source = catalogue.source
    left join slas on catalogue.source_type = slas.source_type
    left join first_responses on leads.lead_id = first_responses.lead_id
),

final as (
    select
        lead_id,
        source_type,
        sla_minutes,
        sla_due_at,
        first_response_at,
        case
            when not {{ is_whole_day('created_at') }} and not {{ is_whole_day('first_response_at') }}
                then cast(round({{ seconds_between('created_at', 'first_response_at') }} / 60, 2) as double)
        end as first_response_minutes,
        case
            when first_response_at <= {{ earliest_moment('created_at') }} + interval 1 minute * sla_minutes then true
            when coalesce({{ earliest_moment('first_response_at') }}, {{ as_of() }}) > sla_due_at then false
        end as is_sla_met
    from due
)

select * from final
