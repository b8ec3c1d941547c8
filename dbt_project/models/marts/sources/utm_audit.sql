with

classified as (
    select * from {{ ref('int_source_signals_classified') }}
),

counted as (
    select * from {{ ref('int_source_signals_counted') }}
    where sessions > 0
),

catalogue as (
    select * from {{ ref('source_catalogue') }}
),

ad_spend as (
    select * from {{ ref('fct_investment_daily') }}
    where cost_type = 'ad_spend'
),

tags as (
    select
        classified.source,
        classified.utm_source,
        classified.utm_medium,
        classified.utm_campaign,
        classified.click_id_type,
        {{ normalise_text('classified.utm_campaign') }} as campaign_word,
        catalogue.is_paid,
        counted.sessions,
        counted.first_seen_on,
        counted.last_seen_on
    from counted
    inner join classified on counted.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
),

spend_by_campaign as (
    select
        source,
        campaign,
        {{ normalise_text('campaign') }} as campaign_word,
        sum(amount) as amount,
        min(date) as first_seen_on,
        max(date) as last_seen_on
    from ad_spend
    group by source, campaign
    having sum(amount) > 0
),

-- A campaign is written in links and in the ad platform: spelt apart, its money and its visits never meet.
written_tags as (
    {%- for tag in ['utm_source', 'utm_medium', 'utm_campaign'] %}
    select
        '{{ tag }}' as field,
        {{ tag }} as written,
        sessions,
        cast(null as decimal(18, 6)) as amount,
        first_seen_on,
        last_seen_on
    from tags
    union all
    {%- endfor %}
    select
        'utm_campaign' as field,
        campaign as written,
        0 as sessions,
        amount,
        first_seen_on,
        last_seen_on
    from spend_by_campaign
),

spellings as (
    select
        field,
        written,
        {{ normalise_text('written') }} as word,
        sum(sessions) as sessions,
        sum(amount) as amount,
        min(first_seen_on) as first_seen_on,
        max(last_seen_on) as last_seen_on
    from written_tags
    group by field, written
),

-- `linked-in` is linkedin, but campaign 1-1 is not campaign 11.
preferred_spellings as (
    select
        *,
        first_value(written) over (
            partition by field, case when field = 'utm_campaign' then word else replace(word, '_', '') end
            order by sessions desc, written asc
        ) as preferred
    from spellings
    where word is not null
),

spelling_variants as (
    select
        'spelling_variant' as finding,
        field,
        cast(null as varchar) as source,
        written,
        preferred,
        sessions,
        amount,
        first_seen_on,
        last_seen_on
    from preferred_spellings
    where written != preferred
),

click_ids_without_utm as (
    select
        'click_id_without_utm' as finding,
        'click_id_type' as field,
        source,
        click_id_type as written,
        cast(null as varchar) as preferred,
        sum(sessions) as sessions,
        cast(null as decimal(18, 6)) as amount,
        min(first_seen_on) as first_seen_on,
        max(last_seen_on) as last_seen_on
    from tags
    where click_id_type is not null and utm_source is null
    group by source, click_id_type
),

visited_campaigns as (
    select distinct campaign_word as word from tags
),

paid_campaigns as (
    select distinct campaign_word as word from spend_by_campaign
),

spend_without_sessions as (
    select
        'spend_without_sessions' as finding,
        'utm_campaign' as field,
        spend_by_campaign.source,
        spend_by_campaign.campaign as written,
        cast(null as varchar) as preferred,
        0 as sessions,
        spend_by_campaign.amount,
        spend_by_campaign.first_seen_on,
        spend_by_campaign.last_seen_on
    from spend_by_campaign
    left join visited_campaigns on spend_by_campaign.campaign_word = visited_campaigns.word
    where spend_by_campaign.campaign_word is not null and visited_campaigns.word is null
),

sessions_without_spend as (
    select
        'sessions_without_spend' as finding,
        'utm_campaign' as field,
        tags.source,
        tags.utm_campaign as written,
        cast(null as varchar) as preferred,
        sum(tags.sessions) as sessions,
        cast(0 as decimal(18, 6)) as amount,
        min(tags.first_seen_on) as first_seen_on,
        max(tags.last_seen_on) as last_seen_on
    from tags
    left join paid_campaigns on tags.campaign_word = paid_campaigns.word
    where tags.is_paid and tags.campaign_word is not null and paid_campaigns.word is null
    group by tags.source, tags.utm_campaign
),

unioned as (
    select * from spelling_variants
    union all
    select * from click_ids_without_utm
    union all
    select * from spend_without_sessions
    union all
    select * from sessions_without_spend
),

final as (
    select
        finding,
        field,
        source,
        written,
        preferred,
        cast(sessions as bigint) as sessions,
        cast(amount as decimal(18, 6)) as amount,
        first_seen_on,
        last_seen_on
    from unioned
)

select * from final
