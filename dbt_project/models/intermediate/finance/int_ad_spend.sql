with

ad_spend as (
    select * from {{ ref('int_unified__ad_spend') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- A row says its source outright, else by its UTM tags, else by the platform that sold it.
worded as (
    select
        ad_spend_id,
        platform,
        account_id,
        case when source is null then utm_source end as utm_source,
        case when source is null then utm_medium end as utm_medium,
        coalesce(utm_campaign, campaign_name, campaign_id) as utm_campaign,
        case when source is not null or utm_source is null then coalesce(source, platform) end as crm_source,
        currency,
        cost,
        impressions,
        clicks,
        spent_on
    from ad_spend
),

final as (
    select
        worded.ad_spend_id,
        worded.platform,
        worded.account_id,
        worded.utm_source,
        worded.utm_medium,
        worded.utm_campaign,
        worded.crm_source,
        {{ source_key(
            "'spend'",
            utm_source='worded.utm_source', utm_medium='worded.utm_medium', utm_campaign='worded.utm_campaign',
            crm_source='worded.crm_source'
        ) }} as source_key,
        worded.currency as original_currency,
        worded.cost as original_amount,
        {{ converted('worded.cost', 'rates.rate') }} as amount,
        worded.impressions,
        worded.clicks,
        worded.spent_on
    from worded
    left join rates
        on
            worded.currency = rates.currency
            and {{ month_of('worded.spent_on') }} >= rates.valid_from
            and {{ month_of('worded.spent_on') }} < rates.valid_to
)

select * from final
