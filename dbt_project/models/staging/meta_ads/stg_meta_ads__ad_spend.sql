with

-- Days are restated: the newest version of each day and ad.
spend as (
    select * from {{ source('meta_ads', 'basic_ad') }}
    {{ newest_version(['ad_id', 'date']) }}
),

account_history as (
    select * from {{ source('meta_ads', 'account_history') }}
    {{ newest_version(['id'], '_fivetran_synced') }}
),

campaign_history as (
    select * from {{ source('meta_ads', 'campaign_history') }}
    {{ newest_version(['id'], 'updated_time') }}
),

ad_set_history as (
    select * from {{ source('meta_ads', 'ad_set_history') }}
    {{ newest_version(['id'], 'updated_time') }}
),

ad_history as (
    select * from {{ source('meta_ads', 'ad_history') }}
    {{ newest_version(['id'], 'updated_time') }}
),

creative_history as (
    select * from {{ source('meta_ads', 'creative_history') }}
    {{ newest_version(['id'], '_fivetran_synced') }}
),

-- Connectors write the tags as Meta's API gives them, as JSON or as the text that is added to the link.
creatives as (
    select
        creative_history.id,
        '?' || coalesce({{ query_of_json('creative_history.url_tags') }}, trim(creative_history.url_tags, ' ?&'))
            as query
    from creative_history
),

-- An ad without a history has no known campaign; its spend counts.
final as (
    select
        spend.date,
        'meta_ads' as platform,
        spend.account_id,
        coalesce(ad_history.campaign_id, 'unknown') as campaign_id,
        campaign_history.name as campaign_name,
        ad_history.ad_set_id as ad_group_id,
        ad_set_history.name as ad_group_name,
        spend.ad_id,
        'meta_ads' as source,
        {{ ad_tag('creatives.query', 'utm_source') }} as utm_source,
        {{ ad_tag('creatives.query', 'utm_medium') }} as utm_medium,
        {{ ad_tag('creatives.query', 'utm_campaign') }} as utm_campaign,
        {{ ad_tag('creatives.query', 'utm_content') }} as utm_content,
        spend.impressions,
        spend.inline_link_clicks as clicks,
        spend.spend as cost,
        account_history.currency,
        spend._file,
        spend._landed_at,
        spend.file_row_number,
        spend._checksum
    from spend
    left join account_history on spend.account_id = account_history.id
    left join ad_history on spend.ad_id = ad_history.id
    left join campaign_history on ad_history.campaign_id = campaign_history.id
    left join ad_set_history on ad_history.ad_set_id = ad_set_history.id
    left join creatives on ad_history.creative_id = creatives.id
)

select * from final
