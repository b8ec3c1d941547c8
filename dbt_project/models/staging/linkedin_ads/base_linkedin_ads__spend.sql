with

analytics_by_campaign as (
    select * from {{ source('linkedin_ads', 'ad_analytics_by_campaign') }}
),

analytics_by_creative as (
    select * from {{ source('linkedin_ads', 'ad_analytics_by_creative') }}
),

creatives as (
    select * from {{ source('linkedin_ads', 'creative_history') }}
    {{ newest_version(['id'], 'coalesce(last_modified_at, last_modified_time)') }}
),

campaigns as (
    select * from {{ source('linkedin_ads', 'ad_campaign_history') }}
    {{ newest_version(['id'], 'last_modified_time') }}
),

campaign_groups as (
    select * from {{ source('linkedin_ads', 'ad_campaign_group_history') }}
    {{ newest_version(['id'], 'last_modified_time') }}
),

-- Days are restated: the rows of the newest file with a day and campaign or creative. Several of one file differ in a
-- breakdown that is not read and are summed.
by_campaign as (
    select * from analytics_by_campaign
    qualify
        {{ in_newest_file(['campaign_id', 'cast(day as date)']) }}
        and {{ first_of_alike(['campaign_id', 'day', 'impressions', 'clicks', 'cost_in_local_currency']) }}
),

by_creative as (
    select * from analytics_by_creative
    qualify
        {{ in_newest_file(['creative_id', 'cast(day as date)']) }}
        and {{ first_of_alike(['creative_id', 'day', 'impressions', 'clicks', 'cost_in_local_currency']) }}
),

-- A creative without a history belongs to some campaign of its day: campaign reports have its spend, if there are any.
unioned as (
    select
        1 as grain,
        day,
        campaign_id,
        cast(null as varchar) as ad_id,
        impressions,
        clicks,
        cost_in_local_currency as cost,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from by_campaign
    union all
    select
        3 as grain,
        by_creative.day,
        coalesce(creatives.campaign_id, 'unknown') as campaign_id,
        by_creative.creative_id as ad_id,
        by_creative.impressions,
        by_creative.clicks,
        by_creative.cost_in_local_currency as cost,
        by_creative._file,
        by_creative._landed_at,
        by_creative.file_row_number,
        by_creative._checksum
    from by_creative
    left join creatives on by_creative.creative_id = creatives.id
    where
        creatives.campaign_id is not null
        or cast(by_creative.day as date) not in (
            select cast(by_campaign.day as date) from by_campaign
        )
),

final as (
    select
        unioned.grain,
        cast(unioned.day as date) as date,
        coalesce(campaigns.account_id, campaign_groups.account_id) as account_id,
        unioned.campaign_id,
        campaigns.name as campaign_name,
        unioned.ad_id,
        unioned.impressions,
        unioned.clicks,
        unioned.cost,
        unioned._file,
        unioned._landed_at,
        unioned.file_row_number,
        unioned._checksum
    from unioned
    left join campaigns on unioned.campaign_id = campaigns.id
    left join campaign_groups on campaigns.campaign_group_id = campaign_groups.id
)

select * from final
