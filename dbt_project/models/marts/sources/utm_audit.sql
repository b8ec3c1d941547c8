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
        classified.source, classified.utm_source, classified.utm_medium, classified.utm_campaign,
        classified.click_id_type, {{ normalise_text('classified.utm_campaign') }} as campaign_word,
        catalogue.is_paid, counted.sessions, counted.first_seen_on, counted.last_seen_on
    from counted
    inner join classified on counted.source_key = classified.source_key
    inner join catalogue on classified.source = catalogue.source
),

campaign_spend as (
    select
        source, campaign, {{ normalise_text('campaign') }} as campaign_word, sum(amount) as amount,
        min(date) as first_seen_on, max(date) as last_seen_on
    from ad_spend
    group by source, campaign
    having sum(amount) > 0
),

-- A campaign is written in links and in the ad platform: with two spellings, its spend and its sessions do not match.
written_tags as (
    select 'utm_campaign' as field, campaign as written, 0 as sessions, amount, first_seen_on, last_seen_on
    from campaign_spend
    {%- for tag in ['utm_source', 'utm_medium', 'utm_campaign'] %}
    union all
    select '{{ tag }}' as field, {{ tag }} as written, sessions, null as amount, first_seen_on, last_seen_on
    from tags
    {%- endfor %}
),

spellings as (
    select
        field, written, {{ normalise_text('written') }} as word, sum(sessions) as sessions, sum(amount) as amount,
        min(first_seen_on) as first_seen_on, max(last_seen_on) as last_seen_on
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

session_campaigns as (
    select distinct campaign_word as word from tags
    where campaign_word is not null
),

ad_campaigns as (
    select distinct campaign_word as word from campaign_spend
    where campaign_word is not null
),

unioned as (
    select
        'spelling_variant' as finding, field, cast(null as varchar) as source, written, preferred, sessions, amount,
        first_seen_on, last_seen_on
    from preferred_spellings
    where written != preferred
    union all
    select
        'click_id_without_utm' as finding, 'click_id_type' as field, source, click_id_type as written,
        null as preferred, sum(sessions) as sessions, null as amount,
        min(first_seen_on) as first_seen_on, max(last_seen_on) as last_seen_on
    from tags
    where click_id_type is not null and utm_source is null
    group by source, click_id_type
    union all
    select
        'spend_without_sessions' as finding, 'utm_campaign' as field, source, campaign as written, null as preferred,
        0 as sessions, amount, first_seen_on, last_seen_on
    from campaign_spend
    where campaign_word is not null and campaign_word not in (select session_campaigns.word from session_campaigns)
    union all
    select
        'sessions_without_spend' as finding, 'utm_campaign' as field, source, utm_campaign as written,
        null as preferred, sum(sessions) as sessions, 0 as amount,
        min(first_seen_on) as first_seen_on, max(last_seen_on) as last_seen_on
    from tags
    where is_paid and campaign_word is not null and campaign_word not in (select ad_campaigns.word from ad_campaigns)
    group by source, utm_campaign
),

final as (
    select
        finding, field, source, written, preferred, cast(sessions as bigint) as sessions,
        cast(amount as decimal(18, 6)) as amount, first_seen_on, last_seen_on
    from unioned
)

select * from final
