with

-- Days are restated: the rows of the newest file with a day and ad. Several of one file differ in a breakdown that is
-- not read, like the country.
spend as (
    select * from {{ source('meta_ads', 'basic_ad') }}
    qualify
        {{ in_newest_file(['ad_id', 'date']) }}
        and {{ first_of_alike(['ad_id', 'date', 'account_id', 'impressions', 'inline_link_clicks', 'spend']) }}
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

-- Connectors write the tags as Meta's API gives them, as JSON or as the text that is added to the link; some write the
-- JSON as a text within JSON, or as Python shows a list.
texts as (
    select
        id,
        url_tags,
        case
            when url_tags like '%{''%' then replace(url_tags, '''', '"')
            when url_tags like '"%' then replace(trim(url_tags, '"'), chr(92) || '"', '"')
            else url_tags
        end as json
    from creative_history
),

tags as (
    select texts.id, texts.url_tags, {{ query_of_json('texts.json') }} as query from texts
),

creatives as (
    select id, {{ url_query("('?' || coalesce(query, trim(url_tags, ' ?&')))") }} as query from tags
),

summed as (
    select
        date,
        account_id,
        ad_id,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(inline_link_clicks) as bigint) as clicks,
        cast(sum(spend) as decimal(18, 6)) as cost,
        max(_file) as _file,
        max(_landed_at) as _landed_at,
        max(file_row_number) as file_row_number,
        max(_checksum) as _checksum
    from spend
    group by date, account_id, ad_id
),

-- An ad without a history has no known campaign; its spend counts.
final as (
    select
        summed.date,
        'meta_ads' as platform,
        summed.account_id,
        coalesce(ad_history.campaign_id, 'unknown') as campaign_id,
        campaign_history.name as campaign_name,
        ad_history.ad_set_id as ad_group_id,
        ad_set_history.name as ad_group_name,
        summed.ad_id,
        'meta_ads' as source,
        {{ ad_tag('creatives.query', 'utm_source') }} as utm_source,
        {{ ad_tag('creatives.query', 'utm_medium') }} as utm_medium,
        {{ ad_tag('creatives.query', 'utm_campaign') }} as utm_campaign,
        {{ ad_tag('creatives.query', 'utm_content') }} as utm_content,
        summed.impressions,
        summed.clicks,
        summed.cost,
        account_history.currency,
        summed._file,
        summed._landed_at,
        summed.file_row_number,
        summed._checksum
    from summed
    left join account_history on summed.account_id = account_history.id
    left join ad_history on summed.ad_id = ad_history.id
    left join campaign_history on ad_history.campaign_id = campaign_history.id
    left join ad_set_history on ad_history.ad_set_id = ad_set_history.id
    left join creatives on ad_history.creative_id = creatives.id
)

select * from final
