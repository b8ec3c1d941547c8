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

-- LinkedIn has no level between campaign and creative. A row without a cost cost nothing.
final as (
    select
        spend.date,
        'linkedin_ads' as platform,
        spend.account_id,
        spend.campaign_id,
        spend.campaign_name,
        cast(null as varchar) as ad_group_id,
        cast(null as varchar) as ad_group_name,
        spend.ad_id,
        'linkedin_ads' as source,
        {{ ad_tag('creatives.query', 'utm_source') }} as utm_source,
        {{ ad_tag('creatives.query', 'utm_medium') }} as utm_medium,
        {{ ad_tag('creatives.query', 'utm_campaign') }} as utm_campaign,
        {{ ad_tag('creatives.query', 'utm_content') }} as utm_content,
        spend.impressions,
        spend.clicks,
        coalesce(spend.cost, 0) as cost,
        accounts.currency,
        spend._file,
        spend._landed_at,
        spend.file_row_number,
        spend._checksum
    from spend
    left join accounts on spend.account_id = accounts.id
    left join creatives on spend.ad_id = creatives.id
)

select * from final
