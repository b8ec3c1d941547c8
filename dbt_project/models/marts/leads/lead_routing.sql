-- Leads with an opportunity, customers and disqualified leads need no routing.
with

leads as (
    select * from {{ ref('fct_leads') }}
),

routes as (
    select * from {{ ref('int_lead_routes') }}
),

final as (
    select
        leads.lead_id,
        leads.routed_team as team,
        leads.routed_tier as tier,
        leads.respond_by,
        leads.score,
        leads.temperature,
        leads.original_source as source,
        leads.stage,
        leads.owner,
        routes.matched_rule,
        routes.reason,
        leads.created_at,
        leads.first_response_at,
        leads.first_response_at is null and coalesce(leads.respond_by < {{ as_of() }}, false) as is_overdue
    from leads
    inner join routes on leads.lead_id = routes.lead_id
    where leads.stage in ('lead', 'mql', 'sql', 'recycled')
)

select * from final
