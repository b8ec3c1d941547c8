with

stages as (
    select * from {{ ref('int_lead_stages') }}
),

stage_history as (
    select * from {{ ref('int_lead_stage_history') }}
),

lead_sources as (
    select * from {{ ref('int_lead_sources') }}
),

segments as (
    select * from {{ ref('int_lead_segments') }}
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
        stages.lead_id,
        lead_sources.original_source,
        lead_sources.original_campaign,
        segments.company_size,
        segments.industry,
        segments.country,
        exits.stage,
        stages.created_at,
        {{ reporting_date('stages.created_at') }} as created_on,
        stages.mql_at,
        stages.sql_at,
        stages.opportunity_at,
        stages.customer_at,
        exits.disqualified_at,
        exits.recycled_at
    from stages
    inner join exits on stages.lead_id = exits.lead_id
    inner join lead_sources on stages.lead_id = lead_sources.lead_id
    inner join segments on stages.lead_id = segments.lead_id
)

select * from final
