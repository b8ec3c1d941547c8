with

raw_rows as (
    select * from {{ source('ga4', 'events') }}
),

-- Without consent there is no id, and so no visitor.
consented as (
    select
        *,
        {{ json_parameters('event_params') }} as parameters
    from raw_rows
    where user_pseudo_id is not null
),

-- The tags of this event; older exports have them among the parameters.
read as (
    select
        *,
        {{ json_parameter('parameters', 'ga_session_id') }} as ga_session_id,
        {{ json_parameter('parameters', 'page_location') }} as page_url,
        {{ json_parameter('parameters', 'page_referrer') }} as referrer_url,
        {%- for column, collected, parameter in [
            ('utm_source', 'manual_source', 'source'),
            ('utm_medium', 'manual_medium', 'medium'),
            ('utm_campaign', 'manual_campaign_name', 'campaign'),
            ('utm_content', 'manual_content', 'content'),
            ('utm_term', 'manual_term', 'term'),
            ('utm_id', 'manual_campaign_id', 'campaign_id'),
            ('gclid', 'gclid', 'gclid'),
            ('dclid', 'dclid', 'dclid'),
        ] %}
        coalesce(
            {{ ga4_value(json_field('collected_traffic_source', collected)) }},
            {{ ga4_value(json_parameter('parameters', parameter)) }}
        ) as {{ column }},
        {%- endfor %}
        {{ moment_of_microseconds('event_timestamp') }} as occurred_at
    from consented
),

-- GA4 has no event id. An event has the same of these columns in the intraday and the daily export, and when exported
-- again.
identified as (
    select
        *,
        md5(concat_ws(
            chr(31),
            user_pseudo_id,
            cast(event_timestamp as varchar),
            event_name,
            {%- for column in [
                'stream_id', 'event_bundle_sequence_id', 'batch_page_id', 'batch_ordering_id', 'batch_event_index'
            ] %}
            coalesce(cast({{ column }} as varchar), ''),
            {%- endfor %}
            coalesce(page_url, '')
        )) as event_key
    from read
),

final as (
    select
        {{ vendor_id('ga4', 'event_key') }} as event_id,
        occurred_at,
        user_pseudo_id as anonymous_id,
        user_id,
        cast(null as varchar) as email,
        {{ vendor_id('ga4', "user_pseudo_id || '.' || ga_session_id") }} as session_id,
        event_name,
        page_url,
        referrer_url,
        utm_source,
        utm_medium,
        coalesce(utm_campaign, utm_id) as utm_campaign,
        {{ content_or_term('utm_term') }} as utm_content,
        case
            when gclid is not null then 'gclid'
            when dclid is not null then 'dclid'
        end as click_id_type,
        _file,
        _landed_at,
        file_row_number,
        _checksum
    from identified
)

select * from final
