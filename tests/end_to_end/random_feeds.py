"""Random exports of every feed: the records of the small companies in tests/data, in variants that meet each other.

A variant moves a record in time, gives its ids a suffix, and replaces some of its values by those of other records.
"""

import csv
import json
import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any

from orchestration.ingest.contract import Column, Contract, load_contracts
from tests.end_to_end.nightly_runs import COMPANY, FEEDS, VENDORS, exports

FIRST_RUN = datetime(2026, 6, 1)
CONTRACTS = {(contract.feed, contract.entity): contract for contract in load_contracts()}
EMAILS = ("ann@acme.example", "bob@acme.example", "cat@gmail.com", "dan@beta.example", "ida@iota.example", None)
SUFFIXES = ("", "", "b", "c")
ID = re.compile(r"(^|_)(id|vid|userid|sessionid|guid)$|^vid_")
EMAIL = re.compile(r"(^|_)(email|recipient)$")
# The newest snapshot is the whole table, so all rows of a run are of one.
SNAPSHOT = "snapshot_at"
SESSIONS = ("standard", "web_sessions")
# Of entities that the small companies do not export.
MORE_RECORDS: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("standard", "web_events"): [
        {
            "event_id": f"e{number}",
            "occurred_at": f"2026-05-{number:02}T10:00:00",
            "anonymous_id": f"a{number % 4}",
            "email": "ann@acme.example",
            "event_name": "page_view",
            "page_url": f"https://us.example/{tags}",
        }
        for number, tags in enumerate(("", "?utm_source=bing&utm_medium=cpc", "?gclid=1", "pricing", ""), start=1)
    ],
    ("hubspot", "engagement"): [{"id": "701", "active": "true", "timestamp": "2026-05-02T10:00:00"}],
    ("hubspot", "engagement_company"): [{"engagement_id": "701", "company_id": "201"}],
    ("hubspot", "engagement_email"): [
        {
            "engagement_id": "701",
            "property_hs_timestamp": "2026-05-02T10:00:00",
            "property_hs_email_direction": "INCOMING_EMAIL",
        }
    ],
    ("hubspot", "engagement_meeting"): [
        {
            "engagement_id": "702",
            "property_hs_timestamp": "2026-05-03T10:00:00",
            "property_hs_meeting_outcome": "COMPLETED",
        }
    ],
    ("hubspot", "engagement_contact"): [
        {"engagement_id": "701", "contact_id": "101"},
        {"engagement_id": "702", "contact_id": "103"},
    ],
    ("sql_crm", "revenue"): [
        {"revenue_id": "1", "date": "2026-05-10", "account_id": "1", "amount": "90", "kind": "recurring"},
        {"revenue_id": "2", "date": "2026-06-10", "account_id": "1", "amount": "90", "kind": "recurring"},
    ],
}

Row = tuple[tuple[str, str], dict[str, Any]]


@dataclass(frozen=True)
class History:
    """The rows that each run brings, by feed and entity, and the vars of all runs."""

    runs: list[list[Row]]
    dbt_vars: dict[str, Any]


def history(number: int) -> History:
    """The history of this number: a company with all its feeds, then one or two runs with a few records more."""
    chance = random.Random(number)
    everything = [(entity, record) for entity in sorted(CONTRACTS) for record in records(entity)]
    first = [record for record in everything if chance.random() < 0.7] + chance.sample(everything, 40)
    later = [chance.sample(everything, chance.choice((0, 5, 20, 60))) for _ in range(chance.choice((1, 2)))]
    runs = [
        [_variant(chance, *record, run) for record in run_records] for run, run_records in enumerate([first, *later])
    ]
    # A tracker of one's own sends sessions from the first run on, or never.
    web_sessions = ("standard", "web_sessions")
    if not any(entity == web_sessions for entity, _ in runs[0]):
        runs = [[row for row in rows if row[0] != web_sessions] for rows in runs]
    return History(runs, _dbt_vars(chance))


def as_of(run: int) -> datetime:
    """The moment of a run; some records lie after it."""
    return FIRST_RUN + timedelta(days=10 * run)


def _dbt_vars(chance: random.Random) -> dict[str, Any]:
    return {
        "sources_enabled": VENDORS,
        "identity_max_degree": chance.choice((2, 3, 50)),
        "attribution_lookback_days": chance.choice((10, 90)),
        "attribution_unit": chance.choice(("account", "person")),
        "direct_touch_policy": chance.choice(("keep", "last_resort")),
        "touch_collapse_minutes": chance.choice((0, 720)),
    }


@cache
def records(entity: tuple[str, str]) -> list[dict[str, Any]]:
    """What the small company of the feed exports for an entity; files of several entities are told apart by name."""
    feed, name = entity
    paths = [path for other, path in exports(COMPANY if feed == "standard" else FEEDS / feed, feed) if other == name]
    lines = [line for path in paths for line in path.read_text().splitlines() if path.suffix != ".csv"]
    tables = [csv.DictReader(path.open(newline="")) for path in paths if path.suffix == ".csv"]
    columns = CONTRACTS[entity].column_names
    return [
        {column: record.get(column) or None for column in columns}
        for record in [*map(json.loads, lines), *chain(*tables), *MORE_RECORDS.get(entity, [])]
    ]


def _variant(chance: random.Random, entity: tuple[str, str], record: dict[str, Any], run: int) -> Row:
    contract = CONTRACTS[entity]
    suffix = chance.choice(SUFFIXES)
    shift = timedelta(hours=6 * chance.randrange(360))
    values = {
        column.name: _moved(column, record[column.name], suffix, shift)
        for column in contract.columns
        if record[column.name] is not None
    }
    for column in chance.sample(contract.columns, chance.choice((0, 0, 1, 2))):
        values[column.name] = _replacement(chance, contract, column)
    for column in contract.columns:
        if EMAIL.search(column.name) and chance.random() < 0.7:
            values[column.name] = chance.choice(EMAILS)
        if column.name == SNAPSHOT:
            values[column.name] = as_of(run).isoformat()
    return entity, values


def _replacement(chance: random.Random, contract: Contract, column: Column) -> Any:
    """A value that some record of the entity has in this column, or none where none may be missing."""
    known = [record[column.name] for record in records((contract.feed, contract.entity))]
    values = [value for value in known if value is not None] + [None] * (not column.required)
    if not values:
        return None
    return _moved(column, chance.choice(values), chance.choice(SUFFIXES), timedelta(hours=6 * chance.randrange(360)))


def _moved(column: Column, value: Any, suffix: str, shift: timedelta) -> Any:
    """A value in another copy of the company, `shift` earlier."""
    if value is None:
        return None
    if column.type == "text" and ID.search(column.name):
        return f"{value}{suffix}"
    if column.type in ("timestamp", "date"):
        moment = datetime.fromisoformat(value).replace(tzinfo=None) - shift
        return moment.date().isoformat() if column.type == "date" else moment.isoformat()
    if column.name == "event_timestamp":
        return str(int(value) - shift // timedelta(microseconds=1))
    return value
