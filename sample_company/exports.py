"""Which entity is dropped in which files. Later files carry newer versions and sort after the earlier ones."""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from sample_company.tables import Columns
from sample_company.vendors.files import VendorFile
from sample_company.writing import Break, Written, by_month, write_file, write_query

BAD_TIME = "2026-13-45 25:61:00"
BREAKS: dict[str, list[Break]] = {
    "ad_spend": [{"cost": "-12.50", "ad_id": "broken-1"}, {"date": "2026-02-31", "ad_id": "broken-2"}],
    "costs": [{"month": "2026-13"}],
    "web_sessions": [{"started_at": BAD_TIME, "session_id": "SX1"}, {"session_id": None}],
    "leads": [{"created_at": BAD_TIME, "lead_id": "LX1"}, {"lead_id": None}],
    "lead_stages": [{"entered_at": "yesterday"}, {"lead_id": None}],
    "activities": [{"occurred_at": BAD_TIME, "activity_id": "TX1"}, {"activity_id": None}],
    "accounts": [{"account_id": None}],
    "opportunities": [{"amount": "n/a", "opportunity_id": "OX1"}, {"opportunity_id": None}],
    "revenue": [{"date": "31.02.2026", "revenue_id": "RX1"}, {"amount": "twelve", "revenue_id": "RX2"}],
}
"""Entity -> the rows a careless export breaks."""
MONTHLY_WITH_BREAKS = 2
"""So many of the monthly files of an entity have broken rows."""


Exports = dict[str, Columns]
"""The standard entities by name, and the newer versions of two: `ad_spend_restated` and `leads_updated`."""


@dataclass
class Landed:
    """What was dropped: files per entity, and the rows that are newer versions of earlier ones."""

    folder: Path
    files: dict[str, list[Written]] = field(default_factory=dict)
    newer_versions: dict[str, int] = field(default_factory=dict)

    def drop(self, entity: str, name: str, columns: Columns, *, breaks: bool = False) -> None:
        """Write one file into the entity's folder of the standard feed; a file without rows is not written."""
        if not row_count(columns):
            return
        path = self.folder / "standard" / entity / name
        self.files.setdefault(entity, []).append(write_file(path, columns, BREAKS[entity] if breaks else ()))

    def drop_query(self, connection: duckdb.DuckDBPyConnection, feed: str, file: VendorFile) -> None:
        """Write one file of a vendor's export."""
        entity, path = f"{feed}/{file.entity}", self.folder / feed / file.entity / file.name
        rows = write_query(connection, file.query, path)
        self.files.setdefault(entity, []).append(Written(path, rows, 0))
        if file.repeats:
            self.newer_versions[entity] = self.newer_versions.get(entity, 0) + rows

    def drop_newer(self, entity: str, name: str, columns: Columns) -> None:
        """Write a later file whose rows replace earlier ones."""
        self.newer_versions[entity] = row_count(columns)
        self.drop(entity, name, columns)


def row_count(columns: Columns) -> int:
    """Rows of one entity."""
    return len(next(iter(columns.values())))


def drop_standard(landed: Landed, exports: Exports) -> None:
    """Every entity, as files of the standard feed."""
    drop_ad_spend(landed, exports["ad_spend"], exports["ad_spend_restated"])
    landed.drop("costs", "costs.csv", exports["costs"], breaks=True)
    drop_web(landed, exports["web_sessions"], exports["web_events"])
    landed.drop("leads", "leads_1_export.csv", exports["leads"], breaks=True)
    landed.drop_newer("leads", "leads_2_updates.jsonl", exports["leads_updated"])
    landed.drop("lead_stages", "lead_stages.csv", exports["lead_stages"], breaks=True)
    landed.drop("accounts", "accounts.jsonl", exports["accounts"], breaks=True)
    landed.drop("activities", "activities.jsonl", exports["activities"], breaks=True)
    landed.drop("opportunities", "opportunities.csv", exports["opportunities"], breaks=True)
    landed.drop("opportunity_contacts", "opportunity_contacts.parquet", exports["opportunity_contacts"])
    landed.drop("revenue", "revenue.csv.gz", exports["revenue"], breaks=True)


def drop_ad_spend(landed: Landed, first: Columns, restated: Columns) -> None:
    """Monthly files as first reported, then one with all corrections."""
    for position, (month, columns) in enumerate(by_month(first, "date").items()):
        landed.drop("ad_spend", f"ad_spend_{month}.csv", columns, breaks=1 <= position <= MONTHLY_WITH_BREAKS)
    landed.drop_newer("ad_spend", "ad_spend_restated.csv", restated)


def drop_web(landed: Landed, sessions: Columns, events: Columns) -> None:
    """Monthly files. Sessions: older ones gzipped. Events: Parquet, the newest as JSON lines."""
    months = by_month(sessions, "started_at")
    for position, (month, columns) in enumerate(months.items()):
        ending = "csv.gz" if position < len(months) - 3 else "csv"
        has_breaks = 1 <= position <= MONTHLY_WITH_BREAKS
        landed.drop("web_sessions", f"web_sessions_{month}.{ending}", columns, breaks=has_breaks)
    months = by_month(events, "occurred_at")
    for position, (month, columns) in enumerate(months.items()):
        ending = "parquet" if position < len(months) - 1 else "jsonl"
        landed.drop("web_events", f"web_events_{month}.{ending}", columns)
