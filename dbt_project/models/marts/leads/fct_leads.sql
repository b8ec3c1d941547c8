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

responses as (
    select * from {{ ref('int_lead_responses') }}
),

scores as (
    select * from {{ ref('int_lead_scores') }}
),

routes as (
    select * from {{ ref('int_lead_routes') }}
),

stage_history as (
    select * from {{ ref('int_lead_stage_history') }}
),

exits as (
    select
        lead_id,
        max(case when left_at is null then stage end) as stage,
        max(case when stage = 'disqualified' then entered_at end) as disqualified_at,
        max(case when stage = 'recycled' then entered_at end) as recycled_at
    from stage_history
    group by lead_id
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
        exits.stage,
        scores.temperature,
        scores.score,
        scores.fit_score,
        scores.behaviour_score,
        lead_stages.mql_at,
        lead_stages.sql_at,
        lead_stages.opportunity_at,
        lead_stages.customer_at,
        exits.disqualified_at,
        exits.recycled_at,
        responses.first_response_at,
        responses.first_response_minutes,
        responses.sla_minutes,
        responses.is_sla_met,
        routes.team as routed_team,
        routes.tier as routed_tier,
        leads.created_at + interval 1 minute * routes.respond_within_minutes as respond_by
    from leads
    inner join lead_sources on leads.lead_id = lead_sources.lead_id
    inner join lead_stages on leads.lead_id = lead_stages.lead_id
    inner join catalogue on lead_sources.original_source = catalogue.source
    inner join catalogue as crm_catalogue on lead_sources.crm_source = crm_catalogue.source
    left join segments on leads.lead_id = segments.lead_id
    left join forms on leads.lead_id = forms.lead_id
    inner join exits on leads.lead_id = exits.lead_id
    inner join responses on leads.lead_id = responses.lead_id
    inner join scores on leads.lead_id = scores.lead_id
    inner join routes on leads.lead_id = routes.lead_id
)

select * from final
