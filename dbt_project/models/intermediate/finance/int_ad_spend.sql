with

ad_spend as (
    select * from {{ ref('int_unified__ad_spend') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

final as (
    select
        ad_spend.ad_spend_id,
        ad_spend.platform,
        ad_spend.account_id,
        ad_spend.utm_source,
        ad_spend.utm_medium,
        ad_spend.utm_campaign,
        ad_spend.crm_source,
        ad_spend.source_key,
        ad_spend.currency as original_currency,
        ad_spend.cost as original_amount,
        {{ converted('ad_spend.cost', 'rates.rate') }} as amount,
        ad_spend.impressions,
        ad_spend.clicks,
        ad_spend.spent_on
    from ad_spend
    left join rates
        on
            ad_spend.currency = rates.currency
            and {{ month_of('ad_spend.spent_on') }} >= rates.valid_from
            and {{ month_of('ad_spend.spent_on') }} < rates.valid_to
)

select * from final
