"""Meta: spend as a plain decimal in the account's currency, and its late corrections in a second file."""

from sample_company.vendors.files import VendorFile

ACCOUNT = 1700000000000101
SETUP = f"create table meta_ads as select *, {ACCOUNT} as account_number from ads where platform = 'meta_ads'"


def basic_ad(name: str, rows: str, *, repeats: bool = False) -> VendorFile:
    """Figures per day and ad."""
    return VendorFile(
        "basic_ad",
        name,
        f"""
        select ad_number as ad_id, date, account_number as account_id, impressions, clicks as inline_link_clicks,
            cost as spend
        from meta_ads
        where {rows}
        order by date, ad_id
        """,
        repeats=repeats,
    )


FILES = (
    VendorFile(
        "account_history",
        "accounts.csv",
        """
        select account_number as id, 'Northlight' as name, 'EUR' as currency, max(synced_at) as _fivetran_synced
        from meta_ads
        group by account_number
        """,
    ),
    VendorFile(
        "campaign_history",
        "campaigns.csv",
        """
        select campaign_number as id, account_number as account_id, campaign_name as name,
            max(synced_at) as _fivetran_synced, min(made_at) as updated_time
        from meta_ads
        group by campaign_number, account_number, campaign_name
        order by id
        """,
    ),
    VendorFile(
        "ad_set_history",
        "ad_sets.csv",
        """
        select ad_group_number as id, account_number as account_id, campaign_number as campaign_id,
            ad_group_name as name, max(synced_at) as _fivetran_synced, min(made_at) as updated_time
        from meta_ads
        group by ad_group_number, account_number, campaign_number, ad_group_name
        order by id
        """,
    ),
    VendorFile(
        "ad_history",
        "ads.csv",
        # Every ad was changed once: two versions, and one ad still.
        """
        select ad_number as id, account_number as account_id, ad_group_number as ad_set_id,
            campaign_number as campaign_id, ad_number * 10 as creative_id, utm_content as name,
            max(synced_at) as _fivetran_synced, unnest([min(made_at), max(synced_at)]) as updated_time
        from meta_ads
        group by ad_number, account_number, ad_group_number, campaign_number, utm_content
        order by id, updated_time
        """,
    ),
    VendorFile(
        "creative_history",
        "creatives.csv",
        """
        select ad_number * 10 as id, max(synced_at) as _fivetran_synced, account_number as account_id,
            utm_content as name, split_part(final_url, '?', 2) as url_tags
        from meta_ads
        group by ad_number, account_number, utm_content, final_url
        order by id
        """,
    ),
    basic_ad("basic_ad_1.csv.gz", "not is_restated"),
    basic_ad("basic_ad_2_restated.csv", "is_restated", repeats=True),
)
