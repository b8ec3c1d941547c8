-- A lead's creation is a touch where the CRM knows its source and no touch of the person stands for it already: none
-- came in the `lead_touch_merge_minutes` before.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='person_id',
    changed_keys='int_changed_persons'
) }}
with recursive

leads as (
    select * from {{ ref('int_leads') }}
    where {{ is_changed('person_id', 'int_changed_persons') }}
),

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

session_touches as (
    select * from {{ ref('int_session_touchpoints') }}
),

work_touches as (
    select * from {{ ref('int_activity_touchpoints') }}
),

sourced as (
    select
        'lead:' || leads.lead_id as touchpoint_id,
        leads.person_id,
        classified.source,
        leads.crm_medium as medium,
        leads.crm_campaign as campaign,
        leads.crm_content as content,
        leads.source_key,
        leads.created_at as occurred_at,
        leads.created_at - interval 1 minute * {{ var('lead_touch_merge_minutes') }} as merged_from
    from leads
    inner join classified on leads.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
    where not catalogue.is_unclear
),

merged as (
    select sourced.touchpoint_id
    from sourced
    inner join session_touches
        on
            sourced.person_id = session_touches.person_id
            and session_touches.occurred_at between sourced.merged_from and sourced.occurred_at
    union
    select sourced.touchpoint_id
    from sourced
    inner join work_touches
        on
            sourced.person_id = work_touches.person_id
            and work_touches.occurred_at between sourced.merged_from and sourced.occurred_at
),

unmerged as (
    select
        sourced.*,
        row_number() over (partition by sourced.person_id order by sourced.occurred_at, sourced.touchpoint_id)
            as lead_number
    from sourced
    left join merged on sourced.touchpoint_id = merged.touchpoint_id
    where merged.touchpoint_id is null
),

-- The lead that a touch would hand over to: the person's first one after the time in which it stands for others.
successors as (
    select
        unmerged.touchpoint_id,
        min(later.lead_number) as next_number
    from unmerged
    inner join unmerged as later
        on unmerged.person_id = later.person_id and unmerged.occurred_at < later.merged_from
    group by unmerged.touchpoint_id
),

-- From a person's first lead to the next that is a touch: one that was merged stands for nothing itself.
kept as (
    select
        unmerged.person_id,
        unmerged.touchpoint_id,
        successors.next_number
    from unmerged
    left join successors on unmerged.touchpoint_id = successors.touchpoint_id
    where unmerged.lead_number = 1
    union all
    select
        unmerged.person_id,
        unmerged.touchpoint_id,
        successors.next_number
    from kept
    inner join unmerged on kept.person_id = unmerged.person_id and kept.next_number = unmerged.lead_number
    left join successors on unmerged.touchpoint_id = successors.touchpoint_id
),

final as (
    select
        unmerged.touchpoint_id,
        unmerged.person_id,
        'person' as person_type,
        'lead_created' as touch_type,
        unmerged.source,
        unmerged.medium,
        unmerged.campaign,
        unmerged.content,
        unmerged.source = 'direct' as is_direct,
        unmerged.source_key,
        unmerged.occurred_at
    from unmerged
    inner join kept on unmerged.touchpoint_id = kept.touchpoint_id
)

select * from final
