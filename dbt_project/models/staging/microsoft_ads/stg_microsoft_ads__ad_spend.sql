with

spend as (
    select * from {{ ref('base_microsoft_ads__spend') }}
    {{ deepest_grain() }}
),

account_history as (
    select * from {{ source('microsoft_ads', 'account_history') }}
    {{ newest_version(['id'], 'last_modified_time') }}
),

campaign_history as (
    select * from {{ source('microsoft_ads', 'campaign_history') }}
    {{ newest_version(['id'], 'modified_time') }}
),

ad_group_history as (
    select * from {{ source('microsoft_ads', 'ad_group_history') }}
    {{ newest_version(['id'], 'modified_time') }}
),

ad_history as (
    select * from {{ source('microsoft_ads', 'ad_history') }}
    {{ newest_version(['id'], 'modified_time') }}
),

ads as (
    select id, {{ url_query('final_url') }} as query from ad_history
),

-- One row per day and ad, ad group or campaign: devices, networks and other breakdowns are summed.
summed as (
    select
        date,
        account_id,
        campaign_id,
        ad_group_id,
        ad_id,
        max(currency) as currency,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        cast(sum(cost) as decimal(18, 6)) as cost,
        max(_file) as _file,
        max(_landed_at) as _landed_at,
        max(file_row_number) as file_row_number,
        max(_checksum) as _checksum
    from spend
    group by date, account_id, campaign_id, ad_group_id, ad_id
),

-- Campaigns imported from Google Ads keep utm_source=google, but the spend is Microsoft's.
final as (
    select
        summed.date,
        'microsoft_ads' as platform,
        summed.account_id,
        summed.campaign_id,
        campaign_history.name as campaign_name,
        summed.ad_group_id,
        ad_group_history.name as ad_group_name,
        summed.ad_id,
        'microsoft_ads' as source,
        {{ ad_tag('ads.query', 'utm_source') }} as utm_source,
        {{ ad_tag('ads.query', 'utm_medium') }} as utm_medium,
        {{ ad_tag('ads.query', 'utm_campaign') }} as utm_campaign,
        {{ ad_tag('ads.query', 'utm_content') }} as utm_content,
        summed.impressions,
        summed.clicks,
        summed.cost,
        coalesce(summed.currency, account_history.currency_code) as currency,
        summed._file,
        summed._landed_at,
        summed.file_row_number,
        summed._checksum
    from summed
    left join account_history on summed.account_id = account_history.id
    left join campaign_history on summed.campaign_id = campaign_history.id
    left join ad_group_history on summed.ad_group_id = ad_group_history.id
    left join ads on summed.ad_id = ads.id
)

select * from final
