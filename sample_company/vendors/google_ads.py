"""Google Ads: costs in micros, split by device, and the same money up to three times: per campaign, ad group and ad.

One campaign lets Google place its ads, so that only the campaign report has it.
"""

from sample_company.vendors.files import VendorFile

CUSTOMER = 4155550101
WITH_AD_GROUPS = "campaign_name != 'search_brand'"
SETUP = f"""
create table google_ads as
select
    * exclude (clicks, impressions),
    {CUSTOMER} as customer_id,
    unnest(['MOBILE', 'DESKTOP']) as device,
    -- Phones get a third of everything, rounded down.
    unnest([micros // 3, micros - micros // 3]) as cost_micros,
    unnest([clicks // 3, clicks - clicks // 3]) as clicks,
    unnest([impressions // 3, impressions - impressions // 3]) as impressions
from (select *, cast(cost * 1000000 as bigint) as micros from ads where platform = 'google_ads');
"""


def stats(entity: str, rows: str, **ids: str) -> VendorFile:
    """Figures per day and device at one grain, which these ids make."""
    keys = ", ".join(ids.values())
    return VendorFile(
        entity,
        f"{entity}.csv.gz",
        f"""
        select md5(concat_ws('|', {keys}, date, device)) as _fivetran_id, customer_id, date,
            max(synced_at) as _fivetran_synced, {", ".join(f"{column} as {name}" for name, column in ids.items())},
            case max(source) when 'google_ads_search' then 'SEARCH' else 'CONTENT' end as ad_network_type, device,
            cast(sum(clicks) as bigint) as clicks, cast(sum(cost_micros) as bigint) as cost_micros,
            cast(sum(impressions) as bigint) as impressions, 0 as conversions, 0 as conversions_value,
            0 as view_through_conversions
        from google_ads
        where {rows}
        group by customer_id, {keys}, date, device
        order by date, {keys}, device
        """,
    )


FILES = (
    VendorFile(
        "account_history",
        "accounts.csv",
        """
        select customer_id as id, min(made_at) as updated_at, max(synced_at) as _fivetran_synced,
            'EUR' as currency_code, 'Northlight' as descriptive_name, true as auto_tagging_enabled,
            'Europe/Berlin' as time_zone
        from google_ads
        group by customer_id
        """,
    ),
    VendorFile(
        "campaign_history",
        "campaigns.csv",
        # Every campaign was first called something else: the newest version counts.
        """
        select campaign_number as id, unnest([min(made_at), max(synced_at)]) as updated_at,
            unnest(['draft of ' || campaign_name, campaign_name]) as name, customer_id,
            case max(source) when 'google_ads_search' then 'SEARCH' else 'DISPLAY' end as advertising_channel_type,
            'UNSPECIFIED' as advertising_channel_subtype, min(date) as start_date, '2037-12-30' as end_date,
            'SERVING' as serving_status, 'ENABLED' as status, null as tracking_url_template
        from google_ads
        group by campaign_number, campaign_name, customer_id
        order by id, updated_at
        """,
    ),
    VendorFile(
        "ad_group_history",
        "ad_groups.csv",
        f"""
        select ad_group_number as id, min(made_at) as updated_at, 'STANDARD' as type, campaign_number as campaign_id,
            campaign_name, ad_group_name as name, 'ENABLED' as status
        from google_ads
        where {WITH_AD_GROUPS}
        group by ad_group_number, campaign_number, campaign_name, ad_group_name
        order by id
        """,
    ),
    VendorFile(
        "ad_history",
        "ads.csv",
        f"""
        select ad_group_number as ad_group_id, ad_number as id, utm_content as name, min(made_at) as updated_at,
            'RESPONSIVE_SEARCH_AD' as type, 'ENABLED' as status, 'www.northlight.example' as display_url,
            '[' || final_url || ']' as final_urls
        from google_ads
        where {WITH_AD_GROUPS}
        group by ad_group_number, ad_number, utm_content, final_url
        order by id
        """,
    ),
    stats("campaign_stats", "true", id="campaign_number"),
    stats("ad_group_stats", WITH_AD_GROUPS, id="ad_group_number", campaign_id="campaign_number"),
    stats("ad_stats", WITH_AD_GROUPS, ad_id="ad_number", ad_group_id="ad_group_number", campaign_id="campaign_number"),
)
