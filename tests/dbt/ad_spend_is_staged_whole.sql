-- Ad platforms of which more or less is staged than a plain sum of their raw rows gives, at the grain that is used. Of
-- each row the newest file counts, with all rows of it that differ in any column.
{%- set microsoft_key = 'account_id, device_os, device_type, network, ad_distribution, bid_match_type,'
    ~ ' delivered_match_type, top_vs_other' %}
{#- Raw entity, its grain, day, amount; the staged id it is matched by, its own name for that, the rest of its key. -#}
{%- set reports = {
    'google_ads': [
        ('campaign_stats', 1, 'date', 'cost_micros / 1e6', 'campaign_id', 'id', 'customer_id, device, ad_network_type'),
        (
            'ad_group_stats', 2, 'date', 'cost_micros / 1e6', 'campaign_id', 'campaign_id',
            'customer_id, device, ad_network_type, id'
        ),
        (
            'ad_stats', 3, 'date', 'cost_micros / 1e6', 'campaign_id', 'campaign_id',
            'customer_id, device, ad_network_type, ad_group_id, ad_group, ad_id, keyword_ad_group_criterion'
        ),
    ],
    'linkedin_ads': [
        ('ad_analytics_by_campaign', 1, 'day', 'cost_in_local_currency', 'campaign_id', 'campaign_id', 'day'),
        ('ad_analytics_by_creative', 3, 'day', 'cost_in_local_currency', 'ad_id', 'creative_id', 'day'),
    ],
    'meta_ads': [('basic_ad', 3, 'date', 'spend', 'ad_id', 'ad_id', 'date')],
    'microsoft_ads': [
        (
            'campaign_performance_daily_report', 1, 'date', 'spend', 'campaign_id', 'campaign_id',
            microsoft_key ~ ', budget_name'
        ),
        (
            'ad_group_performance_daily_report', 2, 'date', 'spend', 'campaign_id', 'campaign_id',
            microsoft_key ~ ', language, ad_group_id'
        ),
        (
            'ad_performance_daily_report', 3, 'date', 'spend', 'campaign_id', 'campaign_id',
            microsoft_key ~ ', language, ad_group_id, ad_id'
        ),
    ],
} %}
{%- set platforms = enabled_feeds() | select('in', reports) | list %}
{{ config(
    enabled=(platforms | length > 0),
    severity='warn',
    meta={'dagster': {'ref': {'name': 'int_unified__ad_spend'}}}
) }}
-- Shown on the spend of all feeds: {{ ref('int_unified__ad_spend') }}.
with

staged as (
    {%- for platform in platforms %}
    select
        platform,
        date,
        campaign_id,
        ad_id,
        case when ad_id is not null then 3 when ad_group_id is not null then 2 else 1 end as grain,
        cost
    from {{ ref('stg_' ~ platform ~ '__ad_spend') }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

raw_rows as (
    {%- for platform in platforms %}
    {%- set clicks = 'inline_link_clicks' if platform == 'meta_ads' else 'clicks' %}
    {%- for entity, grain, day, amount, matched_by, id, key in reports[platform] %}
    select
        '{{ platform }}' as platform,
        {{ grain }} as grain,
        cast({{ day }} as date) as date,
        '{{ matched_by }}' as matched_by,
        {{ id }} as id,
        cast({{ amount }} as double) as cost,
        rank() over (
            partition by {{ day }}, {{ id }}, {{ key }}
            order by _landed_at desc nulls last, _file desc nulls last, _checksum desc nulls last
        ) as file_rank,
        row_number() over (
            partition by
                {{ day }}, {{ id }}, {{ key }}, {{ amount }}, impressions, {{ clicks }},
                {{ without_bookkeeping('extra') }}, _landed_at, _file, _checksum
            order by file_row_number
        ) as alike_row
    from {{ source(platform, entity) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

staged_grains as (
    select distinct
        platform,
        date,
        'campaign_id' as matched_by,
        campaign_id as id,
        grain
    from staged
    union
    select distinct
        platform,
        date,
        'ad_id' as matched_by,
        ad_id as id,
        grain
    from staged
    where ad_id is not null
),

-- What is staged at another grain is left out; what is not staged at all is not.
raw_used as (
    select
        raw_rows.platform,
        raw_rows.cost
    from raw_rows
    left join staged_grains
        on
            raw_rows.platform = staged_grains.platform
            and raw_rows.date = staged_grains.date
            and raw_rows.matched_by = staged_grains.matched_by
            and raw_rows.id = staged_grains.id
    where
        raw_rows.file_rank = 1
        and raw_rows.alike_row = 1
        and raw_rows.grain = coalesce(staged_grains.grain, raw_rows.grain)
),

unioned as (
    select
        platform,
        cast(cost as double) as cost_staged,
        0 as cost_in_raw
    from staged
    union all
    select
        platform,
        0 as cost_staged,
        cost as cost_in_raw
    from raw_used
),

final as (
    select
        platform,
        sum(cost_staged) as cost_staged,
        sum(cost_in_raw) as cost_in_raw
    from unioned
    group by platform
    having abs(sum(cost_staged) - sum(coalesce(cost_in_raw, 0))) > {{ var('money_tolerance') }}
)

select * from final
