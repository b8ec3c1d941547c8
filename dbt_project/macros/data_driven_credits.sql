{#-
    The credits of a touch under markov and shapley: one row per conversion and source of its path, with the credit that
    EACH touch of that source earns (`credit_markov`, `credit_shapley`). Join it to the touches of the path on
    conversion_id and source; the credits of a path then sum to 1. Stands alone as a select.

    markov: the removal effect of the source / the sum of those of all touches in the path; plain shares where that sum
    is 0. shapley: 1 shared equally by the path's distinct sources, and a source's part by its touches. That is the
    Shapley value itself, not an estimate: where the worth of a coalition is the number of conversions whose sources are
    all in it, every conversion is a game of its own that needs all its sources, and those share it equally.

    `path_touches` has conversion_id, conversion_type and source, one row per touch; `effects` is int_markov_effects.
    Effects are decimals, so that no credit depends on the order of the rows.
-#}
{% macro data_driven_credits(path_touches, effects) -%}
    select
        conversion_id,
        source,
        cast(
            case
                when sum(effect_sum) over path > 0
                    then effect_sum / touch_count / sum(effect_sum) over path
                else 1 / cast(sum(touch_count) over path as double)
            end as double
        ) as credit_markov,
        1 / cast(touch_count * count(*) over path as double) as credit_shapley
    from (
        select
            path_touches.conversion_id,
            path_touches.source,
            count(*) as touch_count,
            sum(cast(coalesce(effects.removal_effect, 0) as decimal(18, 12))) as effect_sum
        from {{ path_touches }} as path_touches
        left join {{ effects }} as effects
            on
                path_touches.conversion_type = effects.conversion_type
                and path_touches.source = effects.source
        group by
            path_touches.conversion_id,
            path_touches.source
    ) as path_sources
    window path as (partition by conversion_id)
{%- endmacro %}
