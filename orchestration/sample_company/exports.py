"""Which entity is dropped in which files. Later files carry newer versions and sort after the earlier ones."""

from dataclasses import dataclass, field
from pathlib import Path

from orchestration.sample_company.crm import LeadExport
from orchestration.sample_company.tables import Columns
from orchestration.sample_company.writing import Break, Written, by_month, write_file

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


@dataclass
class Landed:
    """What was dropped: files per entity, and the rows that are newer versions of earlier ones."""

    folder: Path
    files: dict[str, list[Written]] = field(default_factory=dict)
    newer_versions: dict[str, int] = field(default_factory=dict)

    def drop(self, entity: str, name: str, columns: Columns, *, breaks: bool = False) -> None:
        """Write one file into the entity's landing folder; a file without rows is not written."""
        if not len(next(iter(columns.values()))):
            return
        made = write_file(self.folder / entity / name, columns, BREAKS[entity] if breaks else ())
        self.files.setdefault(entity, []).append(made)

    def drop_newer(self, entity: str, name: str, columns: Columns) -> None:
        """Write a later file whose rows replace earlier ones."""
        self.newer_versions[entity] = len(next(iter(columns.values())))
        self.drop(entity, name, columns)


def drop_ad_spend(landed: Landed, first: Columns, restated: Columns) -> None:
    """Monthly files as first reported, then one with all corrections."""
    written = [name for name in first if name != "day"]
    first, restated = ({name: part[name] for name in written} for part in (first, restated))
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


def drop_crm(landed: Landed, leads: LeadExport, stages: Columns, accounts: Columns) -> None:
    """Leads in two exports, stages, accounts."""
    landed.drop("leads", "leads_1_export.csv", leads.first, breaks=True)
    landed.drop_newer("leads", "leads_2_updates.jsonl", leads.updates)
    landed.drop("lead_stages", "lead_stages.csv", stages, breaks=True)
    landed.drop("accounts", "accounts.jsonl", accounts, breaks=True)


def drop_sales(
    landed: Landed, activities: Columns, opportunities: Columns, contacts: Columns, revenue: Columns
) -> None:
    """Activities, deals, contact roles, money."""
    landed.drop("activities", "activities.jsonl", activities, breaks=True)
    landed.drop("opportunities", "opportunities.csv", opportunities, breaks=True)
    landed.drop("opportunity_contacts", "opportunity_contacts.parquet", contacts)
    landed.drop("revenue", "revenue.csv.gz", revenue, breaks=True)


def drop_costs(landed: Landed, costs: Columns) -> None:
    """The bookkeepers' monthly sheet, without the true source."""
    landed.drop("costs", "costs.csv", {name: costs[name] for name in costs if name != "true_source"}, breaks=True)
