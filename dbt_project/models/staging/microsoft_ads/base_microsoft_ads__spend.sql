{%- set campaign_key = [
    'date', 'account_id', 'campaign_id', 'device_os', 'device_type', 'network', 'budget_name',
    'ad_distribution', 'bid_match_type', 'delivered_match_type', 'top_vs_other'
] %}
{%- set ad_group_key = [
    'date', 'account_id', 'campaign_id', 'ad_group_id', 'device_os', 'device_type', 'network', 'language',
    'ad_distribution', 'bid_match_type', 'delivered_match_type', 'top_vs_other'
] %}
{%- set ad_key = [
    'date', 'account_id', 'campaign_id', 'ad_group_id', 'ad_id', 'device_os', 'device_type', 'network', 'language',
    'ad_distribution', 'bid_match_type', 'delivered_match_type', 'top_vs_other'
] %}
{%- set measures = ['impressions', 'clicks', 'spend', 'currency_code'] %}
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

-- Days are restated: the rows of the newest file that has them, with all their breakdowns. Rows of one file that share
-- all of these differ in a breakdown that is not read, and are summed.
campaigns as (
    select * from campaign_report
    qualify
        {{ in_newest_file(campaign_key) }}
        and {{ first_of_alike(campaign_key + measures) }}
),

ad_groups as (
    select * from ad_group_report
    qualify
        {{ in_newest_file(ad_group_key) }}
        and {{ first_of_alike(ad_group_key + measures) }}
),

ads as (
    select * from ad_report
    qualify
        {{ in_newest_file(ad_key) }}
        and {{ first_of_alike(ad_key + measures) }}
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
