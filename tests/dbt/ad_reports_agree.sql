-- Campaigns and days of which a report at another grain says more than the one that is used: money that is not counted,
-- because ads or ad groups are missing in the export.
{%- set platforms = enabled_feeds() | select('in', ['google_ads', 'linkedin_ads', 'microsoft_ads']) | list %}
{{ config(
    enabled=(platforms | length > 0),
    severity='warn',
    meta={'dagster': {'ref': {'name': 'int_unified__ad_spend'}}}
) }}
-- Shown on the spend of all feeds: {{ ref('int_unified__ad_spend') }}.
with

reported as (
    {%- for platform in platforms %}
    select
        '{{ platform }}' as platform,
        account_id,
        campaign_id,
        date,
        grain,
        sum(cost) as cost
    from {{ ref('base_' ~ platform ~ '__spend') }}
    group by account_id, campaign_id, date, grain
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

used as (
    {%- for platform in platforms %}
    select
        platform,
        account_id,
        campaign_id,
        date,
        sum(cost) as cost
    from {{ ref('stg_' ~ platform ~ '__ad_spend') }}
    group by platform, account_id, campaign_id, date
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        used.platform,
        used.account_id,
        used.campaign_id,
        used.date,
        used.cost as cost_used,
        max(reported.cost) as cost_reported
    from used
    inner join reported
        on
            used.platform = reported.platform
            and used.account_id is not distinct from reported.account_id
            and used.campaign_id = reported.campaign_id
            and used.date = reported.date
    group by used.platform, used.account_id, used.campaign_id, used.date, used.cost
    having max(reported.cost) > used.cost + {{ var('money_tolerance') }}
)

select * from final
