with

spend as (
    select * from {{ ref('base_linkedin_ads__spend') }}
    {{ deepest_grain() }}
),

accounts as (
    select * from {{ source('linkedin_ads', 'ad_account_history') }}
    {{ newest_version(['id'], 'last_modified_time') }}
),

creatives as (
    select *, {{ url_query('click_uri') }} as query from {{ source('linkedin_ads', 'creative_history') }}
    {{ newest_version(['id'], 'coalesce(last_modified_at, last_modified_time)') }}
),

-- One row per day and creative or campaign: breakdowns are summed.
summed as (
    select
        date,
        account_id,
        campaign_id,
        campaign_name,
        ad_id,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks,
        cast(sum(cost) as decimal(18, 6)) as cost,
        max(_file) as _file,
        max(_landed_at) as _landed_at,
        max(file_row_number) as file_row_number,
        max(_checksum) as _checksum
    from spend
    group by date, account_id, campaign_id, campaign_name, ad_id
),

-- LinkedIn has no level between campaign and creative. A row without a cost cost nothing.
final as (
    select
        summed.date,
        'linkedin_ads' as platform,
        summed.account_id,
        summed.campaign_id,
        summed.campaign_name,
        cast(null as varchar) as ad_group_id,
        cast(null as varchar) as ad_group_name,
        summed.ad_id,
        'linkedin_ads' as source,
        {{ ad_tag('creatives.query', 'utm_source') }} as utm_source,
        {{ ad_tag('creatives.query', 'utm_medium') }} as utm_medium,
        {{ ad_tag('creatives.query', 'utm_campaign') }} as utm_campaign,
        {{ ad_tag('creatives.query', 'utm_content') }} as utm_content,
        summed.impressions,
        summed.clicks,
        coalesce(summed.cost, 0) as cost,
        accounts.currency,
        summed._file,
        summed._landed_at,
        summed.file_row_number,
        summed._checksum
    from summed
    left join accounts on summed.account_id = accounts.id
    left join creatives on summed.ad_id = creatives.id
)

select * from final
