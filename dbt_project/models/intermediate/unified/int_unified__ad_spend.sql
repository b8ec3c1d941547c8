{%- set key = ['spent_on', 'platform', 'account_id', 'campaign_id', 'ad_group_id', 'ad_id'] %}
with

raw_rows as (
    select * from {{ all_feeds('ad_spend') }} as feeds
),

-- Missing levels of the hierarchy are part of the key: null becomes empty, so that they compare.
keyed as (
    select
        coalesce(account_id, '') as account_id,
        coalesce(ad_group_id, '') as ad_group_id,
        coalesce(ad_id, '') as ad_id,
        feed,
        platform,
        campaign_id,
        campaign_name,
        ad_group_name,
        source,
        utm_source,
        utm_medium,
        utm_campaign,
        currency,
        cost,
        impressions,
        clicks,
        date as spent_on,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
),

newest as (
    select * from keyed
    qualify {{ in_newest_file(key) }}
),

-- A row names its source outright, else by its UTM tags, else by the platform that sold it.
signals as (
    select
        feed,
        platform,
        account_id,
        campaign_id,
        campaign_name,
        ad_group_id,
        ad_group_name,
        ad_id,
        case when source is null then utm_source end as utm_source,
        case when source is null then utm_medium end as utm_medium,
        coalesce(utm_campaign, campaign_name, campaign_id) as utm_campaign,
        case when source is not null or utm_source is null then coalesce(source, platform) end as crm_source,
        coalesce(currency, '{{ var("reporting_currency") }}') as currency,
        cost,
        coalesce(impressions, 0) as impressions,
        coalesce(clicks, 0) as clicks,
        spent_on
    from newest
    where spent_on <= {{ as_of_date() }}
),

-- Rows of one file that share the key differ in another column, like the device: they add up per source and currency.
summed as (
    select
        {{ key | join(',\n        ') }},
        utm_source,
        utm_medium,
        utm_campaign,
        crm_source,
        currency,
        max(feed) as feed,
        max(campaign_name) as campaign_name,
        max(ad_group_name) as ad_group_name,
        cast(sum(cost) as decimal(18, 6)) as cost,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(clicks) as bigint) as clicks
    from signals
    group by {{ key | join(', ') }}, utm_source, utm_medium, utm_campaign, crm_source, currency
),

final as (
    select
        md5(concat_ws(
            chr(31), {{ key | join(', ') }},
            case
                when count(*) over (partition by {{ key | join(', ') }}) > 1
                    then concat_ws(
                        chr(30), currency, coalesce(utm_source, ''), coalesce(utm_medium, ''), utm_campaign,
                        coalesce(crm_source, '')
                    )
            end
        )) as ad_spend_id,
        feed,
        platform,
        account_id,
        campaign_id,
        campaign_name,
        ad_group_id,
        ad_group_name,
        ad_id,
        utm_source,
        utm_medium,
        utm_campaign,
        crm_source,
        {{ source_key(
            "'spend'",
            utm_source='utm_source', utm_medium='utm_medium', utm_campaign='utm_campaign', crm_source='crm_source'
        ) }} as source_key,
        currency,
        cost,
        impressions,
        clicks,
        spent_on
    from summed
)

select * from final
