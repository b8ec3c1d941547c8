-- Sources to stop give their quarter's investment, the lowest LTV:CAC first; sources to double take as much as theirs,
-- the highest low end of LTV:CAC first. Where the two queues overlap is a move.
with

performance as (
    select * from {{ ref('source_performance_quarterly') }}
    where recommendation in ('double', 'stop') and investment > 0
),

evidence as (
    select * from {{ ref('source_evidence') }}
),

queued as (
    select
        performance.quarter,
        performance.attribution_model,
        performance.source,
        performance.recommendation,
        performance.investment,
        evidence.cac,
        evidence.cac_low,
        evidence.cac_high,
        sum(performance.investment) over (
            partition by performance.quarter, performance.attribution_model, performance.recommendation
            order by
                case when performance.recommendation = 'stop' then performance.ltv_cac_high end asc,
                case when performance.recommendation = 'double' then performance.ltv_cac_low end desc,
                performance.source asc
            rows between unbounded preceding and current row
        ) as queue_end
    from performance
    inner join evidence
        on
            performance.quarter = evidence.quarter
            and performance.source = evidence.source
            and performance.attribution_model = evidence.attribution_model
),

moves as (
    select
        stopped.quarter,
        stopped.attribution_model,
        stopped.source as from_source,
        doubled.source as to_source,
        stopped.cac as from_cac,
        stopped.cac_low as from_cac_low,
        doubled.cac as to_cac,
        doubled.cac_high as to_cac_high,
        least(stopped.queue_end, doubled.queue_end)
        - greatest(stopped.queue_end - stopped.investment, doubled.queue_end - doubled.investment) as amount
    from queued as stopped
    inner join queued as doubled
        on
            stopped.quarter = doubled.quarter
            and stopped.attribution_model = doubled.attribution_model
            and stopped.recommendation = 'stop'
            and doubled.recommendation = 'double'
),

final as (
    select
        quarter,
        attribution_model,
        from_source,
        to_source,
        cast(amount as decimal(28, 6)) as amount,
        coalesce({{ ratio('amount', 'from_cac') }}, 0) as customers_lost,
        {{ ratio('amount', 'from_cac_low') }} as customers_lost_high,
        {{ ratio('amount', 'to_cac_high') }} as customers_won_low,
        {{ ratio('amount', 'to_cac') }} as customers_won
    from moves
    where amount > 0
)

select * from final
