with

ad_spend as (
    select * from {{ ref('int_ad_spend') }}
    where amount is not null
),

costs as (
    select * from {{ ref('int_costs_daily') }}
),

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

unioned as (
    select
        spent_on as date,
        source_key,
        utm_campaign as campaign,
        'ad_spend' as cost_type,
        amount,
        impressions,
        clicks
    from ad_spend
    union all
    select
        date_day as date,
        source_key,
        cast(null as varchar) as campaign,
        cost_type,
        amount,
        0 as impressions,
        0 as clicks
    from costs
),

final as (
    select
        unioned.date,
        classified.source,
        unioned.campaign,
        unioned.cost_type,
        cast(sum(unioned.amount) as decimal(28, 6)) as amount,
        cast(sum(unioned.impressions) as bigint) as impressions,
        cast(sum(unioned.clicks) as bigint) as clicks
    from unioned
    inner join classified on unioned.source_key = classified.source_key
    group by unioned.date, classified.source, unioned.campaign, unioned.cost_type
)

select * from final
