with

touchpoints as (
    select * from {{ ref('int_touchpoints') }}
    where campaign is not null
),

investment as (
    select * from {{ ref('fct_investment_daily') }}
    where campaign is not null
),

seen as (
    select source, campaign, {{ reporting_date('occurred_at') }} as seen_on from touchpoints
    union all
    select source, campaign, date as seen_on from investment
),

final as (
    select
        md5(concat_ws(chr(31), source, campaign)) as campaign_key,
        source,
        campaign,
        min(seen_on) as first_seen_on,
        max(seen_on) as last_seen_on
    from seen
    group by source, campaign
)

select * from final
