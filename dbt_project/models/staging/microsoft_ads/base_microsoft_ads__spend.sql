with

campaign_report as (
    select * from {{ source('microsoft_ads', 'campaign_performance_daily_report') }}
),

ad_group_report as (
    select * from {{ source('microsoft_ads', 'ad_group_performance_daily_report') }}
),

ad_report as (
    select * from {{ source('microsoft_ads', 'ad_performance_daily_report') }}
),

-- Days are restated: the newest version of each row with all its breakdowns.
campaigns as (
    select * from campaign_report
    {{ newest_version([
        'date', 'account_id', 'campaign_id', 'device_os', 'device_type', 'network', 'budget_name',
        'ad_distribution', 'bid_match_type', 'delivered_match_type', 'top_vs_other'
    ]) }}
),

ad_groups as (
    select * from ad_group_report
    {{ newest_version([
        'date', 'account_id', 'campaign_id', 'ad_group_id', 'device_os', 'device_type', 'network', 'language',
        'ad_distribution', 'bid_match_type', 'delivered_match_type', 'top_vs_other'
    ]) }}
),

ads as (
    select * from ad_report
    {{ newest_version([
        'date', 'account_id', 'campaign_id', 'ad_group_id', 'ad_id', 'device_os', 'device_type', 'network', 'language',
        'ad_distribution', 'bid_match_type', 'delivered_match_type', 'top_vs_other'
    ]) }}
),

final as (
    select
        1 as grain,
        date,
        account_id,
        campaign_id,
        cast(null as varchar) as ad_group_id,
        cast(null as varchar) as ad_id,
        currency_code as currency,
        impressions,
        clicks,
        spend as cost,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from campaigns
    union all
    select
        2 as grain,
        date,
        account_id,
        campaign_id,
        ad_group_id,
        cast(null as varchar) as ad_id,
        currency_code as currency,
        impressions,
        clicks,
        spend as cost,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from ad_groups
    union all
    select
        3 as grain,
        date,
        account_id,
        campaign_id,
        ad_group_id,
        ad_id,
        currency_code as currency,
        impressions,
        clicks,
        spend as cost,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from ads
)

select * from final
