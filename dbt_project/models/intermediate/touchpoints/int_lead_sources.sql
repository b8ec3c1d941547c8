{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='person_id',
    changed_keys='int_changed_persons'
) }}
with

leads as (
    select * from {{ ref('int_leads') }}
    where {{ is_changed('person_id', 'int_changed_persons') }}
),

touchpoints as (
    select * from {{ ref('int_identified_touchpoints') }}
),

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

touches_before as (
    select
        leads.lead_id,
        touchpoints.source,
        touchpoints.medium,
        touchpoints.campaign,
        touchpoints.content,
        row_number() over (
            partition by leads.lead_id order by touchpoints.occurred_at, touchpoints.touchpoint_id
        ) as place,
        row_number() over (
            partition by leads.lead_id order by touchpoints.occurred_at desc, touchpoints.touchpoint_id desc
        ) as place_from_end
    from leads
    inner join touchpoints
        on leads.person_id = touchpoints.person_id and leads.created_at >= touchpoints.occurred_at
),

crm_sources as (
    select
        leads.lead_id,
        leads.person_id,
        classified.source,
        leads.crm_medium as medium,
        leads.crm_campaign as campaign,
        leads.crm_content as content
    from leads
    inner join classified on leads.source_key = classified.source_key
),

final as (
    select
        crm_sources.lead_id,
        crm_sources.person_id,
        crm_sources.source as crm_source,
        coalesce(first_touches.source, crm_sources.source) as original_source,
        case when first_touches.lead_id is null then crm_sources.medium else first_touches.medium end
            as original_medium,
        case when first_touches.lead_id is null then crm_sources.campaign else first_touches.campaign end
            as original_campaign,
        case when first_touches.lead_id is null then crm_sources.content else first_touches.content end
            as original_content,
        coalesce(last_touches.source, crm_sources.source) as latest_source,
        case when last_touches.lead_id is null then crm_sources.medium else last_touches.medium end
            as latest_medium,
        case when last_touches.lead_id is null then crm_sources.campaign else last_touches.campaign end
            as latest_campaign,
        case when last_touches.lead_id is null then crm_sources.content else last_touches.content end
            as latest_content
    from crm_sources
    left join touches_before as first_touches
        on crm_sources.lead_id = first_touches.lead_id and first_touches.place = 1
    left join touches_before as last_touches
        on crm_sources.lead_id = last_touches.lead_id and last_touches.place_from_end = 1
)

select * from final
