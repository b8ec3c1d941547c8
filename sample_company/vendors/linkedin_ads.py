"""LinkedIn: the same money per creative and per campaign, its late corrections in a second file.

A creative that is not shown has days all the same, with an empty cost.
"""

from sample_company.vendors.files import VendorFile

ACCOUNT = 507000101
GROUP = 600000101
SETUP = f"""
create table linkedin_ads as
select *, {ACCOUNT} as account_number, {GROUP} as group_number from ads where platform = 'linkedin_ads';

insert into linkedin_ads
select distinct * replace (
    'ad_z' as utm_content, campaign_number * 100 + 99 as ad_number, null as cost, null as clicks, null as impressions,
    replace(final_url, utm_content, 'ad_z') as final_url
)
from linkedin_ads
where utm_content = 'ad_a';
"""


def analytics(entity: str, key: str, column: str, *, is_restated: bool) -> VendorFile:
    """Figures per day at one grain, as first reported or as corrected."""
    return VendorFile(
        entity,
        f"{entity}_2_restated.csv" if is_restated else f"{entity}_1.csv.gz",
        f"""
        select {column} as {key}, date || ' 00:00:00' as day, max(synced_at) as _fivetran_synced,
            cast(sum(clicks) as bigint) as clicks, cast(sum(impressions) as bigint) as impressions,
            sum(cost) as cost_in_local_currency, sum(cost) as cost_in_usd
        from linkedin_ads
        where is_restated = {is_restated}
        group by {column}, date
        order by day, {key}
        """,
        repeats=is_restated,
    )


FILES = (
    VendorFile(
        "ad_account_history",
        "accounts.csv",
        """
        select account_number as id, max(synced_at) as last_modified_time, min(made_at) as created_time,
            'Northlight' as name, 'USD' as currency, 1 as version_tag
        from linkedin_ads
        group by account_number
        """,
    ),
    VendorFile(
        "ad_campaign_group_history",
        "campaign_groups.csv",
        """
        select group_number as id, max(synced_at) as last_modified_time, account_number as account_id,
            min(made_at) as created_time, 'All campaigns' as name
        from linkedin_ads
        group by group_number, account_number
        """,
    ),
    VendorFile(
        "ad_campaign_history",
        "campaigns.csv",
        # Every campaign was first called something else: the newest version counts.
        """
        select campaign_number as id, unnest([min(made_at), max(synced_at)]) as last_modified_time,
            account_number as account_id, group_number as campaign_group_id, min(made_at) as created_time,
            unnest(['draft of ' || campaign_name, campaign_name]) as name, unnest([1, 2]) as version_tag
        from linkedin_ads
        group by campaign_number, account_number, group_number, campaign_name
        order by id, version_tag
        """,
    ),
    VendorFile(
        "creative_history",
        "creatives.csv",
        """
        select ad_number as id, max(synced_at) as last_modified_at, min(made_at) as created_at,
            campaign_number as campaign_id, final_url as click_uri
        from linkedin_ads
        group by ad_number, campaign_number, final_url
        order by id
        """,
    ),
    analytics("ad_analytics_by_campaign", "campaign_id", "campaign_number", is_restated=False),
    analytics("ad_analytics_by_campaign", "campaign_id", "campaign_number", is_restated=True),
    analytics("ad_analytics_by_creative", "creative_id", "ad_number", is_restated=False),
    analytics("ad_analytics_by_creative", "creative_id", "ad_number", is_restated=True),
)
