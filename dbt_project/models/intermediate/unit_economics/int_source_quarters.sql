with

leads as (
    select * from {{ ref('int_leads_staged') }}
),

investment as (
    select * from {{ ref('int_investment_daily') }}
    where amount != 0
),

touchpoints as (
    select * from {{ ref('int_touchpoints') }}
),

first_touches as (
    select
        source,
        min({{ reporting_date('occurred_at') }}) as date_day
    from touchpoints
    group by source
),

-- What a source cost or brought, by day.
events as (
    select original_source as source, created_on as date_day, 'lead' as event, cast(0 as decimal(28, 6)) as amount
    from leads
    union all
    select source, date as date_day, 'investment' as event, amount
    from investment
    union all
    select source, date_day, 'first_touch' as event, cast(0 as decimal(28, 6)) as amount
    from first_touches
),

first_seen as (
    select
        source,
        min(date_day) as first_seen_on
    from events
    group by source
),

-- A touch alone gives a source a row in the quarter of its first touch, if nothing came before it.
by_quarter as (
    select
        {{ quarter_of('events.date_day') }} as quarter,
        events.source,
        first_seen.first_seen_on,
        count(case when events.event = 'lead' then 1 end) as leads,
        sum(events.amount) as investment
    from events
    inner join first_seen on events.source = first_seen.source
    where events.event != 'first_touch' or events.date_day = first_seen.first_seen_on
    group by {{ quarter_of('events.date_day') }}, events.source, first_seen.first_seen_on
),

-- Day after the quarter's last one so far.
dated as (
    select
        *,
        least({{ next_quarter('quarter') }}, {{ as_of_date() }} + 1) as ends_before
    from by_quarter
),

-- Leads a day, so that the running quarter can be compared with a whole one.
final as (
    select
        dated.quarter,
        dated.source,
        dated.first_seen_on,
        cast({{ whole_months_between('dated.first_seen_on', 'dated.ends_before') }} as integer) as months_live,
        dated.leads,
        cast(dated.investment as decimal(28, 6)) as investment,
        {{ ratio('dated.leads', days_between('dated.quarter', 'dated.ends_before')) }} as leads_a_day,
        {{ ratio('previous.leads', days_between('previous.quarter', 'dated.quarter')) }} as leads_a_day_before
    from dated
    left join by_quarter as previous
        on dated.quarter = {{ next_quarter('previous.quarter') }} and dated.source = previous.source
)

select * from final
