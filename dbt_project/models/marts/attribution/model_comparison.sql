with

attribution as (
    select * from {{ ref('attribution_daily') }}
),

models as (
    select * from {{ ref('int_attribution_models') }}
),

-- A source with credit under one model has a row under each.
sources as (
    select distinct
        conversion_type,
        source
    from attribution
),

-- Sums of decimals do not depend on the order of rows.
summed as (
    select
        conversion_type,
        source,
        attribution_model,
        sum(cast(conversions as decimal(28, 15))) as conversions,
        sum(value) as value
    from attribution
    group by conversion_type, source, attribution_model
),

earned as (
    select
        sources.conversion_type,
        sources.source,
        models.attribution_model,
        coalesce(summed.conversions, 0) as conversions,
        coalesce(summed.value, 0) as value
    from sources
    cross join models
    left join summed
        on
            sources.conversion_type = summed.conversion_type
            and sources.source = summed.source
            and models.attribution_model = summed.attribution_model
),

-- Rounded, so that three thirds of a conversion rank like a whole one.
ranked as (
    select
        *,
        sum(conversions) over (partition by conversion_type, attribution_model) as all_conversions,
        sum(value) over (partition by conversion_type, attribution_model) as all_value,
        row_number() over (
            partition by conversion_type, attribution_model order by round(conversions, 6) desc, source asc
        ) as place
    from earned
),

default_ranks as (
    select * from ranked
    where attribution_model = '{{ var("default_attribution_model") }}'
),

final as (
    select
        ranked.conversion_type,
        ranked.source,
        ranked.attribution_model,
        cast(ranked.conversions as double) as conversions,
        cast(ranked.value as decimal(28, 10)) as value,
        round({{ ratio('ranked.conversions', 'ranked.all_conversions') }}, 12) as conversions_share,
        round({{ ratio('ranked.value', 'ranked.all_value') }}, 12) as value_share,
        cast(ranked.place as integer) as rank,
        cast(default_ranks.place - ranked.place as integer) as rank_change
    from ranked
    inner join default_ranks
        on ranked.conversion_type = default_ranks.conversion_type and ranked.source = default_ranks.source
)

select * from final
