with

raw_rows as (
    select * from {{ source('standard', 'ad_spend') }}
),

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
)

select * from final
