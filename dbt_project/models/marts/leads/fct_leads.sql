with

leads as (
    select * from {{ ref('int_leads') }}
),

staged as (
    select * from {{ ref('int_leads_staged') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
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

final as (
    select
        leads.lead_id,
        leads.person_id,
        leads.account_id,
        staged.created_at,
        staged.created_on,
        leads.entry_method,
        forms.form_kind,
        leads.owner,
        staged.company_size,
        staged.industry,
        staged.country,
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
        staged.stage,
        scores.temperature,
        scores.score,
        scores.fit_score,
        scores.behaviour_score,
        staged.mql_at,
        staged.sql_at,
        staged.opportunity_at,
        staged.customer_at,
        staged.disqualified_at,
        staged.recycled_at,
        responses.first_response_at,
        responses.first_response_minutes,
        responses.sla_minutes,
        responses.is_sla_met,
        routes.team as routed_team,
        routes.tier as routed_tier,
        leads.created_at + interval 1 minute * routes.respond_within_minutes as respond_by
    from leads
    inner join staged on leads.lead_id = staged.lead_id
    inner join lead_sources on leads.lead_id = lead_sources.lead_id
    inner join catalogue on lead_sources.original_source = catalogue.source
    inner join catalogue as crm_catalogue on lead_sources.crm_source = crm_catalogue.source
    left join forms on leads.lead_id = forms.lead_id
    inner join responses on leads.lead_id = responses.lead_id
    inner join scores on leads.lead_id = scores.lead_id
    inner join routes on leads.lead_id = routes.lead_id
)

select * from final
