"""Which vendors there are: their files, and what is left for the standard feed.

Each vendor's files are made by SQL from the very rows that the standard feed would hold, so that the marts of both are
equal.
"""

import duckdb
import numpy as np

from sample_company.exports import Exports, Landed
from sample_company.journeys import TERMINAL_ANONYMOUS_ID
from sample_company.tables import Columns, select, stack
from sample_company.vendors import advertising, ga4, google_ads, hubspot, linkedin_ads, meta_ads
from sample_company.writing import as_text, stage

VENDORS = {
    "ga4": ga4,
    "google_ads": google_ads,
    "hubspot": hubspot,
    "linkedin_ads": linkedin_ads,
    "meta_ads": meta_ads,
}


def drop_vendors(landed: Landed, exports: Exports) -> Exports:
    """Write the vendors' files; gives what is left for the standard feed."""
    is_logged = hubspot.is_logged(exports)
    told = exports | {"activities": select(exports["activities"], is_logged)}
    with duckdb.connect() as connection:
        for name, columns in told.items():
            stage(connection, name, {column: as_text(values) for column, values in columns.items()})
        connection.execute(advertising.SETUP)
        for feed, vendor in VENDORS.items():
            connection.execute(vendor.SETUP)
            for file in vendor.FILES:
                landed.drop_query(connection, feed, file)
    return left_over(exports | {"activities": select(exports["activities"], ~is_logged)})


def left_over(exports: Exports) -> Exports:
    """What no vendor exports: ads elsewhere, bookkeeping, the tablet at the conference, and the site's own log."""
    sessions = exports["web_sessions"]
    nothing = {name: select(columns, np.arange(0)) for name, columns in exports.items()}
    return nothing | {
        "ad_spend": elsewhere(exports["ad_spend"]),
        "ad_spend_restated": elsewhere(exports["ad_spend_restated"]),
        "costs": exports["costs"],
        "web_sessions": select(sessions, sessions["anonymous_id"] == TERMINAL_ANONYMOUS_ID),
        "web_events": site_log(sessions, exports["web_events"]),
        "activities": about_contacts(exports["activities"]),
        "revenue": about_contacts(exports["revenue"]),
    }


def elsewhere(ad_spend: Columns) -> Columns:
    """Ads on platforms that no vendor here exports."""
    return select(ad_spend, ~np.isin(ad_spend["platform"].astype(str), list(VENDORS)))


def about_contacts(columns: Columns) -> Columns:
    """Rows that name HubSpot's records as the warehouse knows them: the vendor's name before its own id."""
    return columns | {
        name: np.where(np.equal(columns[name], None), None, f"{hubspot.FEED}:" + columns[name].astype(str))
        for name in ("account_id", "lead_id")
    }


def site_log(sessions: Columns, events: Columns) -> Columns:
    """Forms sent and log-ins, with the e-mails that analytics may not be told, under the same cookies."""
    logins = select(sessions, ~np.equal(sessions["email"], None))
    size = len(logins["session_id"])
    return stack(
        [
            select(events, ~np.equal(events["email"], None)),
            {
                "event_id": "log-in " + logins["session_id"],
                "occurred_at": logins["started_at"],
                "anonymous_id": logins["anonymous_id"],
                "user_id": logins["user_id"],
                "email": logins["email"],
                "session_id": logins["session_id"],
                "event_name": np.full(size, "log_in", dtype=object),
                "page_url": logins["landing_page_url"],
                "referrer_url": logins["referrer_url"],
            },
        ]
    )
