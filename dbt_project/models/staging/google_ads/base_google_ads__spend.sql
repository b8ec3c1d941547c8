with

campaign_stats as (
    select * from {{ source('google_ads', 'campaign_stats') }}
),

ad_group_stats as (
    select * from {{ source('google_ads', 'ad_group_stats') }}
),

ad_stats as (
    select * from {{ source('google_ads', 'ad_stats') }}
),

-- Days are restated: the rows of the newest file that has them, with all their breakdowns. Rows of one file that share
-- all of these differ in a breakdown that is not read, and are summed.
campaigns as (
    select * from campaign_stats
    qualify
        {{ in_newest_file(['customer_id', 'date', 'id', 'device', 'ad_network_type']) }}
        and {{ first_of_alike([
            'customer_id', 'date', 'id', 'device', 'ad_network_type', 'impressions', 'clicks', 'cost_micros'
        ]) }}
),

ad_groups as (
    select * from ad_group_stats
    qualify
        {{ in_newest_file(['customer_id', 'date', 'campaign_id', 'id', 'device', 'ad_network_type']) }}
        and {{ first_of_alike([
            'customer_id', 'date', 'campaign_id', 'id', 'device', 'ad_network_type', 'impressions', 'clicks',
            'cost_micros'
        ]) }}
),

-- Some connectors give the path of the ad group only: customers/1/adGroups/2.
placed_ads as (
    select
        customer_id,
        date,
        campaign_id,
        coalesce(ad_group_id, nullif(split_part(ad_group, '/', 4), '')) as placed_ad_group_id,
        ad_id,
        keyword_ad_group_criterion,
        device,
        ad_network_type,
        impressions,
        clicks,
        cost_micros,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from ad_stats
    qualify {{ first_of_alike([
        'customer_id', 'date', 'campaign_id', 'ad_group_id', 'ad_group', 'ad_id', 'keyword_ad_group_criterion',
        'device', 'ad_network_type', 'impressions', 'clicks', 'cost_micros'
    ]) }}
),

ads as (
    select * from placed_ads
    qualify {{ in_newest_file([
        'customer_id', 'date', 'campaign_id', 'placed_ad_group_id', 'ad_id', 'keyword_ad_group_criterion', 'device',
        'ad_network_type'
    ]) }}
),

unioned as (
    select
        1 as grain, customer_id, date, id as campaign_id, cast(null as varchar) as ad_group_id,
        cast(null as varchar) as ad_id, impressions, clicks, cost_micros,
        _file, _landed_at, file_row_number, _checksum
    from campaigns
    union all
    select
        2 as grain, customer_id, date, campaign_id, id as ad_group_id,
        cast(null as varchar) as ad_id, impressions, clicks, cost_micros,
        _file, _landed_at, file_row_number, _checksum
    from ad_groups
    union all
    select
        3 as grain, customer_id, date, campaign_id, placed_ad_group_id as ad_group_id,
        ad_id, impressions, clicks, cost_micros,
        _file, _landed_at, file_row_number, _checksum
    from ads
),

-- Micros become units as decimals: a double is not exact.
final as (
    select
        grain,
        date,
        customer_id as account_id,
        campaign_id,
        ad_group_id,
        ad_id,
        impressions,
        clicks,
        cast(cast(cost_micros as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)) as cost,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from unioned
)

select * from final
