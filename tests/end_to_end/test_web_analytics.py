"""Web analytics of vendors: sessions of four trackers at once, over two runs, and a real tracker's calls."""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest
from segment.analytics.client import Client

from tests.end_to_end.nightly_runs import PROJECT_DIR, marts, query, run_nightly

pytestmark = pytest.mark.slowest

FEEDS = PROJECT_DIR / "tests/data/feeds"
VENDORS = ["ga4", "segment", "snowplow"]
SETTINGS = {"as_of": "2026-06-30", "sources_enabled": VENDORS}
LEADS = [
    ("L1", "ann@acme.example"),
    ("L2", "bob@beta.example"),
    ("L3", "cat@gamma.example"),
    ("L4", "dan@delta.example"),
]

# Lead -> sources of its person's sessions, in order.
AFTER_ONE_RUN = {
    # GA4's click and later session, and Segment's, by the user id of both. GA4's repetition of the click is no touch.
    "L1": ["google_ads_search", "organic_search", "direct"],
    "L2": [],
    # Snowplow's visitor; a server told the user's address.
    "L3": ["paid_search"],
    "L4": ["website_referral"],
}
AFTER_TWO = {
    "L1": ["linkedin_ads", *AFTER_ONE_RUN["L1"]],
    # Their visitor is identified in the second run.
    "L2": ["linkedin_ads", "email_marketing"],
    "L3": ["organic_search", "paid_search"],
    "L4": ["website_referral", "email_marketing"],
}

# Where Segment writes a call.
TABLES = {"page": "pages", "identify": "identifies", "track": "tracks", "alias": "aliases"}


def land(home: Path, path: str, content: str | Path, run: int) -> None:
    """Land a file in the given run."""
    target = home / "landing" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Path):
        shutil.copy(content, target)
    else:
        target.write_text(content)
    os.utime(target, (1_780_000_000 + run, 1_780_000_000 + run))


def land_run(home: Path, run: int) -> None:
    """The run's exports of every vendor; GA4's second one is Parquet, as BigQuery writes it."""
    for path in sorted(FEEDS.glob(f"*/*_{run}.*")):
        if path.parent.name in VENDORS:
            land(home, f"{path.parent.name}/{path.stem.rsplit('_', 1)[0]}/{path.name}", path, run)
    if run == 2:
        nested = home / "landing/ga4/events/events_2.jsonl"
        duckdb.sql(f"from read_json('{nested}')").write_parquet(str(nested.with_suffix(".parquet")))
        nested.unlink()
        os.utime(nested.with_suffix(".parquet"), (1_780_000_002, 1_780_000_002))


def land_standard(home: Path, run: int) -> None:
    """A tracker of the company's own, and its leads."""
    events = "event_id,occurred_at,anonymous_id,event_name,email,page_url,referrer_url\n"
    if run == 1:
        leads = "lead_id,created_at,email\n" + "".join(f"{lead},2026-06-12 12:00:00,{email}\n" for lead, email in LEADS)
        land(home, "standard/leads/leads.csv", leads, run)
        events += "e1,2026-06-06 10:00:00,w1,page_view,dan@delta.example,https://us.example/,https://blog.example/\n"
    else:
        events += "e2,2026-06-07 10:00:00,w1,page_view,,https://us.example/?utm_source=x&utm_medium=email,\n"
    land(home, f"standard/web_events/{run}.csv", events, run)


def sources(home: Path) -> dict[str, list[str]]:
    """Sources of each lead's sessions, in order."""
    rows = query(home, """
        select leads.lead_id, touches.source
        from marts.fct_leads as leads
        left join marts.fct_touchpoints as touches
            on leads.person_id = touches.person_id and touches.touch_type = 'session'
        order by leads.lead_id, touches.occurred_at
    """)  # fmt: skip
    return {lead: [source for key, source in rows if key == lead and source] for lead, _ in rows}


def warehouse(home: Path, sql: str) -> list[tuple]:
    """Rows from the warehouse behind the release."""
    with duckdb.connect(str(home / "warehouse/warehouse.duckdb"), read_only=True) as connection:
        return connection.sql(sql).fetchall()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """A state folder after two runs, and the sources after the first."""
    home = tmp_path_factory.mktemp("kept")
    land_run(home, 1)
    land_standard(home, 1)
    assert run_nightly(home, **SETTINGS) == 0
    first = sources(home)
    land_run(home, 2)
    land_standard(home, 2)
    assert run_nightly(home, **SETTINGS) == 0
    return home, first


def test_sessions_of_every_tracker_are_touches_of_the_person(runs):
    home, first = runs
    assert first == AFTER_ONE_RUN
    assert sources(home) == AFTER_TWO


def test_every_event_is_there_once_and_events_without_a_visitor_are_none(runs):
    home, _ = runs
    events = dict(warehouse(home, "select feed, count(*) from intermediate.int_unified__web_events group by feed"))
    # GA4: seven of nine consented, one came late, two again. Snowplow: one came twice, one again, one has no visitor.
    assert events == {"ga4": 8, "segment": 9, "snowplow": 3, "standard": 2}
    ledger = query(
        home, "select feed, sum(rows_accepted), sum(rows_rejected) from marts.load_ledger group by 1 order by 1"
    )
    assert ledger == [("ga4", 12, 0), ("segment", 9, 0), ("snowplow", 6, 0), ("standard", 6, 0)]
    sessions = query(home, "select count(*) from marts.fct_touchpoints where touch_type = 'session'")
    # The sessions of the leads, and of GA4's third visitor, who is anonymous.
    assert sessions == [(sum(map(len, AFTER_TWO.values())) + 1,)]


def test_an_incremental_run_equals_a_full_refresh(runs, tmp_path_factory):
    home, _ = runs
    assert warehouse(home, "select is_incremental_run from run_state.runs") == [(True,)]
    rebuilt = tmp_path_factory.mktemp("rebuilt")
    shutil.copytree(home / "landing", rebuilt / "landing")
    assert run_nightly(rebuilt, **SETTINGS) == 0
    assert warehouse(rebuilt, "select is_incremental_run from run_state.runs") == [(False,)]
    kept, built = marts(home), marts(rebuilt)
    assert list(kept) == list(built)
    for mart, rows in built.items():
        assert kept[mart] == rows, mart


@contextmanager
def collector(landing: Path) -> Iterator[str]:
    """A server that takes a tracker's calls and, at the end, drops them as Segment's tables are exported."""
    tables: dict[str, list[dict[str, Any]]] = {}

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for call in body["batch"]:
                tables.setdefault(TABLES[call["type"]], []).append(row_of(call))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
    for table, rows in tables.items():
        (landing / table).mkdir(parents=True)
        (landing / table / "calls.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def row_of(call: dict[str, Any]) -> dict[str, Any]:
    """A call as a row of its table: the context flattened, the properties or traits as columns."""
    context = call["context"]
    return {
        "id": call["messageId"],
        "anonymous_id": call.get("anonymousId"),
        "user_id": call.get("userId"),
        "previous_id": call.get("previousId"),
        "timestamp": call["timestamp"],
        "received_at": datetime.now(UTC).isoformat(),
        "event": call.get("event"),
        **{f"context_page_{key}": value for key, value in context.get("page", {}).items()},
        **{f"context_campaign_{key}": value for key, value in context.get("campaign", {}).items()},
        **call.get("properties", {}),
        **call.get("traits", {}),
    }


def test_the_calls_of_a_real_tracker_are_counted_right(tmp_path):
    """Two visitors, one of whom gives her address in her second session, and one known to a server only."""
    with collector(tmp_path / "landing/segment") as url:
        tracker = Client("key", host=url, on_error=lambda error, items: pytest.fail(str(error)))

        def page(
            visitor: str, when: str, address: str, referrer: str = "", campaign: dict[str, str] | None = None
        ) -> None:
            properties = {"url": address, "referrer": referrer}
            context = {"page": properties, "campaign": campaign or {}}
            moment = datetime.fromisoformat(when)
            tracker.page(anonymous_id=visitor, properties=properties, context=context, timestamp=moment)

        ads = {"source": "linkedin", "medium": "cpc", "name": "launch"}
        page("ann-phone", "2026-06-01T10:00:00+02:00", "https://us.example/", "https://www.linkedin.com/", ads)
        page("ann-phone", "2026-06-01T10:05:00+02:00", "https://us.example/pricing", "https://us.example/")
        page("ann-phone", "2026-06-03T10:00:00+00:00", "https://us.example/", "https://www.google.com/")
        at = datetime(2026, 6, 3, 10, 1, tzinfo=UTC)
        tracker.identify("u1", {"email": "Ann@Acme.example"}, anonymous_id="ann-phone", timestamp=at)
        tracker.track("u1", "form_submit", {"form": "demo"}, anonymous_id="ann-phone", timestamp=at)
        page("visitor", "2026-06-02T10:00:00+00:00", "https://us.example/?utm_source=newsletter&utm_medium=email")
        tracker.identify("u2", {"email": "bob@beta.example"}, timestamp=at)
        tracker.alias("visitor", "u2", timestamp=at)
        tracker.shutdown()
    leads = "lead_id,created_at,email\nL1,2026-06-12,ann@acme.example\nL2,2026-06-12,bob@beta.example\n"
    land(tmp_path, "standard/leads/leads.csv", leads, 1)
    assert run_nightly(tmp_path, as_of="2026-06-30", sources_enabled=["segment"]) == 0
    ledger = query(
        tmp_path, "select entity, rows_accepted, rows_rejected from marts.load_ledger where feed = 'segment'"
    )
    assert sorted(ledger) == [("aliases", 1, 0), ("identifies", 2, 0), ("pages", 4, 0), ("tracks", 1, 0)]
    assert sources(tmp_path) == {"L1": ["linkedin_ads", "organic_search"], "L2": ["email_marketing"]}
    started = query(tmp_path, """
        select occurred_at from marts.fct_touchpoints where touch_type = 'session' order by 1
    """)  # fmt: skip
    assert [moment for (moment,) in started] == [
        datetime(2026, 6, day, hour) for day, hour in ((1, 8), (2, 10), (3, 10))
    ]
