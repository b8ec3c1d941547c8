{#-
    The credits of a touch under markov and shapley: one row per conversion and source of its path, with the credit that
    EACH touch of that source earns (`credit_markov`, `credit_shapley`). Join it to the touches of the path on
    conversion_id and source; the credits of a path then sum to 1. Stands alone as a select.

    markov: the removal effect of the source / the sum of those of all touches in the path; plain shares where that sum
    is 0. shapley: 1 shared equally by the path's distinct sources, and a source's part by its touches. That is the
    Shapley value itself, not an estimate: where the worth of a coalition is the number of conversions whose sources are
    all in it, every conversion is a game of its own that needs all its sources, and those share it equally.

    `path_touches` has conversion_id and source, one row per touch; `conversions` has conversion_id and conversion_type;
    `effects` is int_markov_effects. Effects are decimals, so that no credit depends on the order of the rows.
-#}
{% macro data_driven_credits(path_touches, conversions, effects) -%}
    select
        path_sources.conversion_id,
        path_sources.source,
        cast(
            case
                when path_totals.effect_sum > 0
                    then path_sources.effect_sum / path_sources.touch_count / path_totals.effect_sum
                else 1 / cast(path_totals.touch_count as double)
            end as double
        ) as credit_markov,
        1 / cast(path_sources.touch_count * path_totals.source_count as double) as credit_shapley
    from ({{ path_sources(path_touches, conversions, effects) }}) as path_sources
    inner join (
        select
            conversion_id,
            count(*) as source_count,
            sum(touch_count) as touch_count,
            sum(effect_sum) as effect_sum
        from ({{ path_sources(path_touches, conversions, effects) }}) as each_source
        group by conversion_id
    ) as path_totals on path_sources.conversion_id = path_totals.conversion_id
{%- endmacro %}

{#- One row per conversion and source of its path: its touches, and the sum of their effects. -#}
{% macro path_sources(path_touches, conversions, effects) -%}
    select
        path_touches.conversion_id,
        path_touches.source,
        count(*) as touch_count,
        sum(cast(coalesce(effects.removal_effect, 0) as decimal(18, 12))) as effect_sum
    from {{ path_touches }} as path_touches
    inner join {{ conversions }} as conversions on path_touches.conversion_id = conversions.conversion_id
    left join {{ effects }} as effects
        on
            conversions.conversion_type = effects.conversion_type
            and path_touches.source = effects.source
    group by
        path_touches.conversion_id,
        path_touches.source
{%- endmacro %}
