{{ config(materialized='view') }}
-- The steps of all paths, for the Markov chain. A conversion's path is its touches, or the CRM's source without any.
-- A unit that never had a conversion of some type has a path without conversion: its touches within the lookback of the
-- last one. One such path stands for all types with the same lookback: a set of types is a sum of bits.
-- Refers to int_path_unit_touchpoints twice and not through one import: an engine may store what an import holds.
with

conversions as (
    select * from {{ ref('int_conversions') }}
),

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
),

person_accounts as (
    select * from {{ ref('int_person_accounts') }}
),

types as (
    select * from {{ ref('int_conversion_types') }}
),

lookbacks as (
    select
        lookback_days,
        cast(sum(type_bit) as integer) as type_set
    from types
    group by lookback_days
),

-- Types without such a path: those that the unit converted to, and those of the other kind of unit.
excluded as (
    select
        conversions.person_id as unit_id,
        types.type_bit
    from conversions
    inner join types on conversions.conversion_type = types.conversion_type
    union all
    select
        'company:' || conversions.account_id as unit_id,
        types.type_bit
    from conversions
    inner join types on conversions.conversion_type = types.conversion_type
    where types.is_of_account
    union all
    select
        case when types.is_of_account then person_accounts.person_id else 'company:' || person_accounts.account_id end
            as unit_id,
        types.type_bit
    from person_accounts
    cross join types
),

excluded_sets as (
    select
        unit_id,
        cast(sum(distinct type_bit) as integer) as type_set
    from excluded
    group by unit_id
),

unit_ends as (
    select
        unit_id,
        max(occurred_at) as last_at,
        max(case when not is_direct then occurred_at end) as last_not_direct_at
    from {{ ref('int_path_unit_touchpoints') }}
    group by unit_id
),

unit_paths as (
    select
        unit_ends.unit_id,
        unit_ends.last_not_direct_at,
        unit_ends.last_at - interval 1 hour * 24 * lookbacks.lookback_days as starts_at,
        lookbacks.type_set - (lookbacks.type_set & coalesce(excluded_sets.type_set, 0)) as type_set
    from unit_ends
    cross join lookbacks
    left join excluded_sets on unit_ends.unit_id = excluded_sets.unit_id
),

-- Direct touches are excluded from a path with any other touch, unless the policy keeps them.
final as (
    select
        {{ text_number('unit_paths.unit_id') }} as path_number,
        unit_paths.type_set,
        false as is_converting,
        unit_touches.source,
        unit_touches.occurred_at,
        unit_touches.touchpoint_id
    from unit_paths
    inner join {{ ref('int_path_unit_touchpoints') }} as unit_touches
        on unit_paths.unit_id = unit_touches.unit_id and unit_paths.starts_at <= unit_touches.occurred_at
    where
        unit_paths.type_set > 0
        and (
            not unit_touches.is_direct
            or coalesce(unit_paths.last_not_direct_at < unit_paths.starts_at, true)
            or '{{ var("direct_touch_policy") }}' = 'keep'
        )
    {{- collapse_repeats('unit_paths.unit_id, unit_paths.type_set', 'unit_touches') }}
    union all
    select
        {{ text_number('conversions.conversion_id') }} as path_number,
        types.type_bit as type_set,
        true as is_converting,
        coalesce(path_touches.source, conversions.crm_source) as source,
        coalesce(path_touches.occurred_at, conversions.conversion_at) as occurred_at,
        path_touches.touchpoint_id
    from conversions
    inner join types on conversions.conversion_type = types.conversion_type
    left join path_touches on conversions.conversion_id = path_touches.conversion_id
)

select * from final
