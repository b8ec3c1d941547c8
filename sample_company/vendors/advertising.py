"""What the ad platforms share: ids that are numbers, and the tags in the addresses of their ads."""

SETUP = """
create table ads as
select
    * replace (
        cast(cost as decimal(18, 2)) as cost,
        cast(clicks as bigint) as clicks,
        cast(impressions as bigint) as impressions
    ),
    cast(campaign_id as bigint) as campaign_number,
    cast(campaign_id as bigint) * 10 + 1 as ad_group_number,
    cast(campaign_id as bigint) * 100 + ascii(right(utm_content, 1)) - ascii('a') + 11 as ad_number,
    min(date) over () || ' 06:00:00' as made_at,
    max(date) over () || ' 23:00:00' as synced_at,
    'https://www.northlight.example/demo?utm_source=' || utm_source || '&utm_medium=' || utm_medium
    || '&utm_campaign=' || utm_campaign || '&utm_content=' || utm_content as final_url,
    is_restated
from (
    select *, false as is_restated from ad_spend
    union all
    select *, true as is_restated from ad_spend_restated
);
"""
