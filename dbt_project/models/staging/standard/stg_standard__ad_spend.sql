with

raw_rows as (
    select * from {{ source('standard', 'ad_spend') }}
),

-- Of rows alike in every column, which a file has twice by mistake, one counts.
final as (
    select
        date,
        platform,
        account_id,
        campaign_id,
        campaign_name,
        ad_group_id,
        ad_group_name,
        ad_id,
        source,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        impressions,
        clicks,
        cost,
        currency,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
    qualify {{ first_of_alike([
        'date', 'platform', 'account_id', 'campaign_id', 'campaign_name', 'ad_group_id', 'ad_group_name',
        'ad_id', 'source', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'impressions',
        'clicks', 'cost', 'currency'
    ]) }}
)

select * from final
