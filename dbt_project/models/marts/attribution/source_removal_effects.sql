with

conversions as (
    select * from {{ ref('int_conversions') }}
),

path_sources as (
    select * from {{ ref('int_data_driven_credits') }}
),

effects as (
    select * from {{ ref('int_markov_effects') }}
),

totals as (
    select
        conversion_type,
        count(*) as conversions,
        cast(sum(value) as decimal(20, 6)) as value
    from conversions
    group by conversion_type
),

-- Sums of decimals, here and below, do not depend on the order of rows.
effect_totals as (
    select
        conversion_type,
        count(*) as source_count,
        sum(cast(removal_effect as decimal(18, 12))) as effect_sum
    from effects
    group by conversion_type
),

markov_shares as (
    select
        effects.conversion_type,
        effects.source,
        effects.removal_effect,
        cast(
            case
                when effect_totals.effect_sum > 0 then effects.removal_effect / cast(effect_totals.effect_sum as double)
                else 1 / cast(effect_totals.source_count as double)
            end as decimal(18, 15)
        ) as share
    from effects
    inner join effect_totals on effects.conversion_type = effect_totals.conversion_type
),

markov as (
    select
        markov_shares.conversion_type,
        'markov' as attribution_model,
        markov_shares.source,
        markov_shares.removal_effect,
        cast(totals.conversions * markov_shares.share as double) as conversions,
        cast(totals.value * markov_shares.share as decimal(28, 10)) as value
    from markov_shares
    inner join totals on markov_shares.conversion_type = totals.conversion_type
),

-- Paths with equally many sources are divided together.
shapley_parts as (
    select
        path_sources.conversion_type,
        path_sources.source,
        count(*) / cast(path_sources.source_count as double) as conversions,
        cast(sum(conversions.value) as double) / path_sources.source_count as value
    from path_sources
    inner join conversions on path_sources.conversion_id = conversions.conversion_id
    group by
        path_sources.conversion_type,
        path_sources.source,
        path_sources.source_count
),

shapley as (
    select
        conversion_type,
        'shapley' as attribution_model,
        source,
        cast(null as double) as removal_effect,
        cast(sum(cast(conversions as decimal(28, 15))) as double) as conversions,
        cast(sum(cast(value as decimal(28, 10))) as decimal(28, 10)) as value
    from shapley_parts
    group by
        conversion_type,
        source
),

final as (
    select * from markov
    union all
    select * from shapley
)

select * from final
