{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    unique_key='conversion_id',
    changed_keys='int_changed_conversions'
) }}
-- markov: a touch earns the removal effect of its source / the sum of the effects of all touches of the path; equal
-- shares where that sum is 0. New effects change the credits of all conversions.
-- shapley: an equal part for each source of the path, shared by the touches of the source. Exact: the value of a set of
-- sources is the number of conversions whose sources are all in it, so a conversion needs all of its sources equally.
-- uplift: a source earns its factor x the part of the conversion that would be lost without it, shared by its touches:
-- all of it without the first source, else what its effects before and after the lead's creation take away together.
with

conversions as (
    select * from {{ ref('int_conversions') }}
    where {{ is_changed('conversion_id', 'int_changed_conversions') }} or {{ is_markov_refresh_due() }}
),

path_touches as (
    select * from {{ ref('int_path_touchpoints') }}
    where {{ is_changed('conversion_id', 'int_changed_conversions') }} or {{ is_markov_refresh_due() }}
),

paths as (
    select * from {{ ref('int_path_roles') }}
),

effects as (
    select * from {{ ref('int_markov_effects') }}
),

uplift as (
    select * from {{ ref('int_uplift_effects') }}
),

-- A conversion without touches has a path of one source: the CRM's.
path_sources as (
    select
        conversion_id,
        conversion_type,
        source,
        count(*) as touch_count,
        bool_or(touch_number = 1) as is_first,
        coalesce(bool_or(occurred_at <= lead_created_at), false) as is_before_lead,
        bool_or(coalesce(occurred_at > lead_created_at, true)) as is_after_lead
    from path_touches
    group by conversion_id, conversion_type, source
    union all
    select
        conversions.conversion_id,
        conversions.conversion_type,
        conversions.crm_source as source,
        1 as touch_count,
        true as is_first,
        false as is_before_lead,
        true as is_after_lead
    from conversions
    left join paths on conversions.conversion_id = paths.conversion_id
    where paths.conversion_id is null
),

-- Sums of decimals do not depend on the order of rows.
weighted as (
    select
        path_sources.*,
        cast(coalesce(effects.removal_effect, 0) as decimal(18, 12)) * path_sources.touch_count as effect_sum,
        cast(
            coalesce(uplift.factor, 1) * case
                when path_sources.is_first then 1
                else
                    1
                    - (1 - coalesce(case when path_sources.is_before_lead then uplift.effect_before_lead end, 0))
                    * (1 - coalesce(case when path_sources.is_after_lead then uplift.effect_after_lead end, 0))
            end as decimal(18, 12)
        ) as uplift_weight
    from path_sources
    left join effects
        on
            path_sources.conversion_type = effects.conversion_type
            and path_sources.source = effects.source
    left join uplift
        on
            path_sources.conversion_type = uplift.conversion_type
            and path_sources.source = uplift.source
),

totals as (
    select
        *,
        sum(effect_sum) over path as path_effect_sum,
        sum(uplift_weight) over path as path_uplift_weight,
        sum(touch_count) over path as path_touch_count,
        count(*) over path as source_count
    from weighted
    window path as (partition by conversion_id)
),

final as (
    select
        conversion_id,
        conversion_type,
        source,
        touch_count,
        source_count,
        case
            when path_effect_sum > 0
                then cast(effect_sum as double) / touch_count / cast(path_effect_sum as double)
            else 1 / cast(path_touch_count as double)
        end as credit_markov,
        1 / cast(touch_count * source_count as double) as credit_shapley,
        cast(uplift_weight as double) / touch_count / cast(path_uplift_weight as double) as credit_uplift
    from totals
)

select * from final
