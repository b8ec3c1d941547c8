with

raw_rows as (
    select * from {{ source('snowplow', 'events') }}
),

final as (
    select
        {{ vendor_id('snowplow', 'event_id') }} as event_id,
        coalesce(derived_tstamp, collector_tstamp) as occurred_at,
        coalesce(domain_userid, network_userid) as anonymous_id,
        user_id,
        cast(null as varchar) as email,
        {{ vendor_id('snowplow', 'domain_sessionid') }} as session_id,
        coalesce(event_name, event, 'unknown') as event_name,
        page_url,
        page_referrer as referrer_url,
        mkt_source as utm_source,
        mkt_medium as utm_medium,
        mkt_campaign as utm_campaign,
        mkt_content as utm_content,
        -- Other networks' click ids are read from the address.
        case
            when mkt_clickid is null then null
            when lower(mkt_network) = 'google' then 'gclid'
            when lower(mkt_network) = 'microsoft' then 'msclkid'
            when lower(mkt_network) = 'doubleclick' then 'dclid'
        end as click_id_type,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from raw_rows
    -- Anonymous tracking gives no id, and so no visitor.
    where coalesce(domain_userid, network_userid) is not null
)

select * from final
