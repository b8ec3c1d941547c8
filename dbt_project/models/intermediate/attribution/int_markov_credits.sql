{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(is_markov_refresh_due() ~ ' or conversion_id in (select conversion_id from ' ~ ref('int_changed_conversions') ~ ')') }}"
) }}
-- A touch earns the removal effect of its source / the sum of those of all touches of the path; equal shares where that
-- sum is 0.
with

path_sources as (
    select * from {{ ref('int_path_sources') }}
    {%- if is_incremental() and not is_markov_refresh_due() %}
    where conversion_id in (select conversion_id from {{ ref('int_changed_conversions') }})
    {%- endif %}
),

effects as (
    select * from {{ ref('int_markov_effects') }}
),

-- Sums of decimals do not depend on the order of rows.
weighted as (
    select
        path_sources.conversion_id,
        path_sources.conversion_type,
        path_sources.source,
        path_sources.touch_count,
        cast(coalesce(effects.removal_effect, 0) as decimal(18, 12)) * path_sources.touch_count as effect_sum
    from path_sources
    left join effects
        on
            path_sources.conversion_type = effects.conversion_type
            and path_sources.source = effects.source
),

final as (
    select
        conversion_id,
        conversion_type,
        source,
        touch_count,
        case
            when sum(effect_sum) over path > 0 then effect_sum / touch_count / sum(effect_sum) over path
            else 1 / cast(sum(touch_count) over path as double)
        end as credit_markov
    from weighted
    window path as (partition by conversion_id)
)

select * from final
