with

opportunities as (
    select * from {{ ref('fct_opportunities') }}
    where {{ reporting_date('created_at') }} > {{ as_of_date() }} - {{ var('audit_window_days') }}
),

by_source as (
    select
        original_source as source,
        sum(coalesce(amount, 0)) as pipeline
    from opportunities
    group by original_source
),

total as (
    select sum(pipeline) as pipeline from by_source
),

shares as (
    select
        by_source.source,
        by_source.pipeline,
        {{ ratio('by_source.pipeline', 'total.pipeline') }} as pipeline_share
    from by_source
    cross join total
),

-- Sum of squared shares: 1 when everything comes from one source, 1/n when n sources bring the same.
herfindahl as (
    select sum(pipeline_share * pipeline_share) as herfindahl from shares
),

final as (
    select
        {{ as_of_date() }} as window_end,
        shares.source,
        cast(shares.pipeline as decimal(28, 6)) as pipeline,
        shares.pipeline_share,
        round(herfindahl.herfindahl, 12) as herfindahl
    from shares
    cross join herfindahl
)

select * from final
