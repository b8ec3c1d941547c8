{{ config(materialized='table' if target.name == 'postgres' else 'view') }}
with

touchpoints as (
    select * from {{ ref('int_touchpoints') }}
),

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

-- A touch of type `company` has an account and no person.
final as (
    select
        touchpoints.touchpoint_id,
        touchpoints.occurred_at,
        case when touchpoints.person_type = 'person' then touchpoints.person_id end as person_id,
        person_accounts.account_id,
        touchpoints.touch_type,
        touchpoints.source,
        touchpoints.medium,
        touchpoints.campaign,
        touchpoints.content,
        touchpoints.is_direct
    from touchpoints
    left join person_accounts on touchpoints.person_id = person_accounts.person_id
)

select * from final
