-- A lead's creation is a touch where its CRM source is clear and no touch of its person came in the
-- `lead_touch_merge_minutes` before: that touch stands for it. The same holds among a person's leads, in order of time.
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

other_touches as (
    select person_id, occurred_at from {{ ref('int_session_touchpoints') }}
    union all
    select person_id, occurred_at from {{ ref('int_activity_touchpoints') }}
),

sourced as (
    select
        leads.*,
        classified.source,
        {{ earliest_moment('leads.created_at') }} - interval 1 minute * {{ var('lead_touch_merge_minutes') }}
            as merged_from
    from leads
    inner join classified on leads.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
    where not catalogue.is_unclear
),

unmerged as (
    select
        sourced.*,
        row_number() over (partition by sourced.person_id order by sourced.created_at, sourced.lead_id) as lead_number
    from sourced
    left join other_touches
        on
            sourced.person_id = other_touches.person_id
            and other_touches.occurred_at between sourced.merged_from and sourced.created_at
    where other_touches.person_id is null
),

-- The person's next lead that a lead touch does not stand for.
successors as (
    select
        unmerged.person_id,
        unmerged.lead_number,
        min(later.lead_number) as next_number
    from unmerged
    inner join unmerged as later
        on unmerged.person_id = later.person_id and unmerged.created_at < later.merged_from
    group by unmerged.person_id, unmerged.lead_number
),

-- From a person's first lead touch to the next.
lead_touches as (
    select
        person_id,
        lead_number
    from unmerged
    where lead_number = 1
    union all
    select
        successors.person_id,
        successors.next_number as lead_number
    from lead_touches
    inner join successors
        on lead_touches.person_id = successors.person_id and lead_touches.lead_number = successors.lead_number
),

final as (
    select
        'lead:' || unmerged.lead_id as touchpoint_id,
        unmerged.person_id,
        'person' as person_type,
        'lead_created' as touch_type,
        unmerged.source,
        unmerged.crm_medium as medium,
        unmerged.crm_campaign as campaign,
        unmerged.crm_content as content,
        unmerged.source = 'direct' as is_direct,
        unmerged.source_key,
        unmerged.created_at as occurred_at
    from unmerged
    inner join lead_touches
        on unmerged.person_id = lead_touches.person_id and unmerged.lead_number = lead_touches.lead_number
)

select * from final
