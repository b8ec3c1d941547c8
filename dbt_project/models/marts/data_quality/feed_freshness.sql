with

load_ledger as (
    select * from {{ ref('load_ledger') }}
    where rows_accepted > 0
),

load_days as (
    select distinct
        feed,
        entity,
        {{ reporting_date('loaded_at') }} as loaded_on
    from load_ledger
    where loaded_at <= {{ as_of() }}
),

numbered as (
    select
        *,
        row_number() over (partition by feed, entity order by loaded_on desc) as loads_ago,
        {{ days_between('lag(loaded_on) over (partition by feed, entity order by loaded_on)', 'loaded_on') }}
            as gap_days
    from load_days
),

recent as (
    select * from numbered
    where loads_ago <= {{ var('feed_freshness_loads') }}
),

-- The usual gap is the 90th percentile, so that an earlier outage does not make a new one look usual.
usual as (
    select
        feed,
        entity,
        max(loaded_on) as newest_load_on,
        count(*) as load_days,
        percentile_cont(0.9) within group (order by gap_days) as usual_gap_days
    from recent
    group by feed, entity
    having count(*) >= {{ var('feed_freshness_min_loads') }}
),

final as (
    select
        feed,
        entity,
        newest_load_on,
        load_days,
        cast(usual_gap_days as double) as usual_gap_days,
        cast({{ days_between('newest_load_on', as_of_date()) }} as integer) as staleness_days,
        cast(round({{ days_between('newest_load_on', as_of_date()) }} / usual_gap_days, 6) as double) as staleness_ratio
    from usual
)

select * from final
