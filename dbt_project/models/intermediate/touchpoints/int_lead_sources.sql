-- Original is the first touch of the lead's person, latest the last one up to the lead's creation. Without such a touch
-- both are the CRM's own fields.
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

candidates as (
    select
        leads.lead_id,
        1 as preference,
        touchpoints.occurred_at,
        touchpoints.touchpoint_id,
        touchpoints.source,
        touchpoints.medium,
        touchpoints.campaign,
        touchpoints.content
    from leads
    inner join touchpoints
        on leads.person_id = touchpoints.person_id and leads.created_at >= touchpoints.occurred_at
    union all
    select
        leads.lead_id,
        2 as preference,
        leads.created_at as occurred_at,
        cast(null as varchar) as touchpoint_id,
        classified.source,
        leads.crm_medium as medium,
        leads.crm_campaign as campaign,
        leads.crm_content as content
    from leads
    inner join classified on leads.source_key = classified.source_key
),

numbered as (
    select
        *,
        row_number() over (
            partition by lead_id order by preference, occurred_at, touchpoint_id
        ) as number_from_start,
        row_number() over (
            partition by lead_id order by preference asc, occurred_at desc, touchpoint_id desc
        ) as number_from_end
    from candidates
),

final as (
    select
        leads.lead_id,
        leads.person_id,
        classified.source as crm_source,
        original.source as original_source,
        original.medium as original_medium,
        original.campaign as original_campaign,
        original.content as original_content,
        latest.source as latest_source,
        latest.medium as latest_medium,
        latest.campaign as latest_campaign,
        latest.content as latest_content
    from leads
    inner join classified on leads.source_key = classified.source_key
    inner join numbered as original on leads.lead_id = original.lead_id and original.number_from_start = 1
    inner join numbered as latest on leads.lead_id = latest.lead_id and latest.number_from_end = 1
)

select * from final
