with

feed_days as (
    select * from {{ ref('int_feed_days') }}
),

feeds as (
    select
        feed,
        entity,
        min(date_day) as first_day,
        max(date_day) as newest_day
    from feed_days
    group by feed, entity
),

days_ago as (
    select cast(number as integer) as days_ago from {{ number_series(1, var('feed_volume_days')) }}
),

weeks_before as (
    select cast(number as integer) as weeks_before from {{ number_series(1, var('feed_volume_weeks')) }}
),

-- The newest day of a feed may be incomplete: the days before it are judged.
judged as (
    select
        feeds.feed,
        feeds.entity,
        feeds.first_day,
        cast(feeds.newest_day as date) - days_ago.days_ago as date_day
    from feeds
    cross join days_ago
),

-- The same weekday of the weeks before, as far back as the feed goes. A day without rows counts as none.
compared as (
    select
        judged.feed,
        judged.entity,
        judged.date_day,
        coalesce(feed_days.row_count, 0) as row_count
    from judged
    cross join weeks_before
    left join feed_days
        on
            judged.feed = feed_days.feed
            and judged.entity = feed_days.entity
            and cast(judged.date_day as date) - 7 * weeks_before.weeks_before = feed_days.date_day
    where cast(judged.date_day as date) - 7 * weeks_before.weeks_before >= judged.first_day
),

medians as (
    select
        feed,
        entity,
        date_day,
        median(row_count) as usual_rows
    from compared
    group by feed, entity, date_day
    having count(*) >= {{ var('feed_volume_min_weeks') }}
),

-- The usual deviation is the median distance from the median, times 1.4826 to be comparable with a standard deviation.
-- It is at least the square root of the usual rows, the deviation of a count by chance alone.
usual as (
    select
        medians.feed,
        medians.entity,
        medians.date_day,
        medians.usual_rows,
        greatest(
            1.4826 * median(abs(compared.row_count - medians.usual_rows)),
            sqrt(medians.usual_rows),
            1
        ) as usual_deviation_rows
    from medians
    inner join compared
        on
            medians.feed = compared.feed
            and medians.entity = compared.entity
            and medians.date_day = compared.date_day
    group by medians.feed, medians.entity, medians.date_day, medians.usual_rows
),

final as (
    select
        usual.feed,
        usual.entity,
        usual.date_day as date,
        coalesce(feed_days.row_count, 0) as row_count,
        cast(usual.usual_rows as double) as usual_rows,
        cast(round(usual.usual_deviation_rows, 6) as double) as usual_deviation_rows,
        cast(
            round(abs(coalesce(feed_days.row_count, 0) - usual.usual_rows) / usual.usual_deviation_rows, 6) as double
        ) as robust_z_score
    from usual
    left join feed_days
        on
            usual.feed = feed_days.feed
            and usual.entity = feed_days.entity
            and usual.date_day = feed_days.date_day
)

select * from final
