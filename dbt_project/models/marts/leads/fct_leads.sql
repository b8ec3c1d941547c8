with

leads as (
    select * from {{ ref('int_leads') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

lead_stages as (
    select * from {{ ref('int_lead_stages') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

segments as (
    select * from {{ ref('int_lead_segments') }}
),

forms as (
    select * from {{ ref('int_lead_forms') }}
),

activities as (
    select * from {{ ref('int_activities') }}
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

-- The first word from sales: an outgoing call, e-mail, meeting or the like after the lead came in.
first_responses as (
    select
        leads.lead_id,
        min(activities.occurred_at) as first_response_at
    from leads
    inner join activities on leads.person_id = activities.person_id and leads.created_at <= activities.occurred_at
    inner join activity_types on activities.activity_type = activity_types.activity_type
    where activity_types.is_sales_conversation and coalesce(activities.direction, 'outbound') = 'outbound'
    group by leads.lead_id
),

final as (
    select
        leads.lead_id,
        leads.person_id,
        leads.account_id,
        leads.created_at,
        {{ reporting_date('leads.created_at') }} as created_on,
        leads.entry_method,
        forms.form_kind,
        leads.owner,
        segments.company_size,
        segments.industry,
        segments.country,
        lead_sources.original_source,
        lead_sources.original_medium,
        lead_sources.original_campaign,
        lead_sources.original_content,
        lead_sources.latest_source,
        lead_sources.latest_medium,
        lead_sources.latest_campaign,
        lead_sources.latest_content,
        lead_sources.crm_source,
        catalogue.is_unclear as is_source_unclear,
        crm_catalogue.is_unclear and not catalogue.is_unclear as is_source_enriched,
        lead_stages.stage,
        lead_stages.mql_at,
        lead_stages.sql_at,
        lead_stages.opportunity_at,
        lead_stages.customer_at,
        lead_stages.disqualified_at,
        lead_stages.recycled_at,
        first_responses.first_response_at,
        cast(
            round({{ seconds_between('leads.created_at', 'first_responses.first_response_at') }} / 60, 2) as double
        ) as first_response_minutes
    from leads
    inner join lead_sources on leads.lead_id = lead_sources.lead_id
    inner join lead_stages on leads.lead_id = lead_stages.lead_id
    inner join catalogue on lead_sources.original_source = catalogue.source
    inner join catalogue as crm_catalogue on lead_sources.crm_source = crm_catalogue.source
    left join segments on leads.lead_id = segments.lead_id
    left join forms on leads.lead_id = forms.lead_id
    left join first_responses on leads.lead_id = first_responses.lead_id
)

select * from final
