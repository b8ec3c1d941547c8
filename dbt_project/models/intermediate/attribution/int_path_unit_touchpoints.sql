{{ config(materialized='view') }}

{#- Refers to int_identified_touchpoints twice and not through one import: an engine may store what an import holds. -#}
with

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

final as (
    select
        person_id as unit_id,
        touchpoint_id,
        source,
        campaign,
        is_direct,
        touch_type,
        occurred_at
    from {{ ref('int_identified_touchpoints') }}
    where person_type = 'person'
    union all
    -- An anonymous visitor by its own id: hashing millions of them takes time, and nothing is joined on it.
    select
        'anonymous:' || anonymous_id as unit_id,
        touchpoint_id,
        source,
        campaign,
        is_direct,
        touch_type,
        occurred_at
    from {{ ref('int_anonymous_touchpoints') }}
    {%- if var('attribution_unit') == 'account' %}
    union all
    select
        'company:' || person_accounts.account_id as unit_id,
        touchpoints.touchpoint_id,
        touchpoints.source,
        touchpoints.campaign,
        touchpoints.is_direct,
        touchpoints.touch_type,
        touchpoints.occurred_at
    from {{ ref('int_identified_touchpoints') }} as touchpoints
    inner join person_accounts on touchpoints.person_id = person_accounts.person_id
    {%- endif %}
)

select * from final
