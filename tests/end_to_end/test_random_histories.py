"""Whatever arrives in whatever order: after every incremental run, the marts are what a full refresh gives.

Runs bring late sessions, corrected and deleted records, identities that merge and split, repeated loads and nothing.
"""

import os
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import duckdb
import pytest
from dbt.contracts.graph.manifest import Manifest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.ingest.contract import load_contracts
from tests.end_to_end import random_feeds
from tests.end_to_end.dbt_in_process import Warehouse, parse
from tests.end_to_end.nightly_runs import VENDORS

Row = tuple[tuple[str, str], dict[str, Any]]
FIRST_RUN = datetime(2026, 4, 1)
STANDARD = [contract for contract in load_contracts() if contract.feed == "standard"]
VARS = {"identity_max_degree": 3, "attribution_lookback_days": 40, "touch_collapse_minutes": 720}


def one_of(prefix: str, count: int, missing: bool = True) -> st.SearchStrategy[str | None]:
    """Few ids, so that records meet."""
    names = [f"{prefix}{number}" for number in range(count)]
    return st.sampled_from([*names, None] if missing else names)


emails = st.sampled_from(["ann@acme.example", "bob@acme.example", "cat@gmail.com", "dan@beta.example", None])
# Coarse, so that records coincide; some lie after the run that loads them.
moments = st.integers(0, 600).map(lambda slot: (datetime(2026, 1, 1) + timedelta(hours=6 * slot)).isoformat())
day_of = itemgetter(slice(10))
words = st.sampled_from(["google", "LinkedIn Ads", "webinar", "no idea", "direct", None])
flags = st.sampled_from(["true", "false", None])
ROWS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "web_sessions": {
        "session_id": one_of("s", 25, missing=False),
        "started_at": st.one_of(moments, moments.map(day_of)),
        "anonymous_id": one_of("a", 8, missing=False),
        "user_id": one_of("u", 4),
        "email": emails,
        "landing_page_url": st.sampled_from(
            [
                "https://us.example/",
                "https://us.example/?utm_source=linkedin&utm_medium=cpc",
                "https://us.example/?gclid=1",
                "https://us.example/?utm_content=footer",
            ]
        ),
        "utm_source": words,
        "utm_campaign": one_of("c", 2),
    },
    "web_events": {
        "event_id": one_of("e", 25, missing=False),
        "occurred_at": st.one_of(moments, moments.map(day_of)),
        "anonymous_id": one_of("a", 8, missing=False),
        "email": emails,
        "event_name": st.just("page_view"),
        "page_url": st.sampled_from(["https://us.example/", "https://us.example/?utm_source=bing&utm_medium=cpc"]),
    },
    "leads": {
        "lead_id": one_of("L", 6, missing=False),
        "created_at": moments,
        "updated_at": moments,
        "email": emails,
        "account_id": one_of("A", 3),
        "source": words,
        "form": st.sampled_from(["Newsletter", "Book a call", None]),
        "employees": st.sampled_from(["5", "50", None]),
        "country": st.sampled_from(["DE", "Germany", None]),
        "is_deleted": st.sampled_from(["true", None, None, None]),
    },
    "accounts": {
        "account_id": one_of("A", 3, missing=False),
        "updated_at": moments,
        "domain": st.sampled_from(["acme.example", None]),
        "employees": st.sampled_from(["10", "11", None]),
        "industry": st.sampled_from(["SaaS", "Software", None]),
        "is_deleted": st.sampled_from(["true", None, None, None]),
    },
    "lead_stages": {
        "lead_id": one_of("L", 6, missing=False),
        "stage": st.sampled_from(["iql", "mql", "sql", "opportunity", "customer", "disqualified", "recycled"]),
        "entered_at": moments,
    },
    "activities": {
        "activity_id": one_of("x", 8, missing=False),
        "occurred_at": moments,
        "activity_type": st.sampled_from(["call", "webinar", "meeting"]),
        "lead_id": one_of("L", 6),
        "email": emails,
        "account_id": one_of("A", 3, missing=False),
        "source": words,
    },
    "opportunities": {
        "opportunity_id": one_of("O", 4, missing=False),
        "created_at": moments,
        "updated_at": moments,
        "account_id": one_of("A", 3, missing=False),
        "lead_id": one_of("L", 6),
        "is_won": flags,
        "closed_at": moments,
        "amount": st.sampled_from(["100", "2500.55"]),
        "is_deleted": st.sampled_from(["true", None, None, None]),
    },
    "opportunity_contacts": {
        "opportunity_id": one_of("O", 4, missing=False),
        "lead_id": one_of("L", 6, missing=False),
    },
    "ad_spend": {
        "date": st.sampled_from(["2026-01-10", "2026-03-31"]),
        "platform": st.just("linkedin_ads"),
        "campaign_id": one_of("c", 2, missing=False),
        "cost": st.sampled_from(["10", "12.5"]),
    },
    "costs": {
        "month": st.sampled_from(["2026-02", "2026-03"]),
        "source": st.sampled_from(["google", "webinar", "LinkedIn Ads"]),
        "cost_type": st.sampled_from(["software", "team"]),
        "amount": st.sampled_from(["30", "31.5"]),
    },
    "experiments": {
        "experiment_id": one_of("x", 2, missing=False),
        "source": st.sampled_from(["linkedin_ads", "webinar"]),
        "state": st.sampled_from(["on", "off"]),
        "starts_on": st.sampled_from(["2026-01-05", "2026-02-01", "2026-03-01"]),
        "ends_on": st.sampled_from(["2026-02-05", "2026-03-20"]),
        "spend": st.sampled_from(["50", None]),
    },
    "revenue": {
        "revenue_id": one_of("r", 4, missing=False),
        "date": st.sampled_from(["2026-02-10", "2026-03-31"]),
        "account_id": one_of("A", 3, missing=False),
        "amount": st.sampled_from(["90", "45"]),
        "kind": st.sampled_from(["recurring", "one_off"]),
        "subscription_id": one_of("b", 2),
        "period_start": st.sampled_from(["2026-02-01", None]),
        "period_end": st.sampled_from(["2026-03-01", "2027-02-01", None]),
    },
}
row = st.one_of(
    *[
        st.fixed_dictionaries(columns).map(lambda values, entity=entity: (("standard", entity), values))
        for entity, columns in ROWS.items()
        # Most rows of a run are of the web.
        for _ in range(4 if entity in ("web_sessions", "web_events") else 1)
    ]
)
SESSION = (("standard", "web_sessions"), {"session_id": "s0", "started_at": "2026-01-05", "anonymous_id": "a0"})


@st.composite
def histories(draw: st.DrawFn) -> list[list[Row]]:
    """Runs with their rows. A company's tracker sends sessions from the first run on, or never."""
    runs = draw(st.lists(st.lists(row, min_size=5, max_size=30), min_size=2, max_size=3))
    if draw(st.booleans()):
        return [[SESSION, *runs[0]], *runs[1:]]
    return [[(entity, values) for entity, values in rows if entity[1] != "web_sessions"] for rows in runs]


@pytest.fixture(scope="module")
def standard_manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return parse(tmp_path_factory.mktemp("standard"), VARS)


@pytest.fixture(scope="module")
def all_feeds_manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return parse(tmp_path_factory.mktemp("all_feeds"), {"sources_enabled": VENDORS})


@settings(
    max_examples=int(os.environ.get("LSW_HISTORIES", 2)),
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(runs=histories())
def test_incremental_runs_give_what_a_full_refresh_gives(runs, standard_manifest, tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("kept"), standard_manifest, STANDARD, VARS)
    for run, rows in enumerate(runs):
        as_of = FIRST_RUN + timedelta(days=10 * run)
        warehouse.load(run, rows)
        built = warehouse.build(as_of)
        assert warehouse.is_incremental_run() == (run > 0)
        if run > 0:
            assert_same(built, warehouse.rebuilt(as_of, tmp_path_factory.mktemp("rebuilt")))


@pytest.mark.slowest
@pytest.mark.parametrize("number", range(int(os.environ.get("LSW_HISTORIES", 30))))
def test_incremental_runs_of_all_feeds_give_what_a_full_refresh_gives(number, all_feeds_manifest, tmp_path_factory):
    history = random_feeds.history(number)
    contracts = list(random_feeds.CONTRACTS.values())
    warehouse = Warehouse(tmp_path_factory.mktemp("kept"), all_feeds_manifest, contracts, history.dbt_vars)
    for run, rows in enumerate(history.runs):
        as_of = random_feeds.as_of(run)
        warehouse.load(run, rows)
        built = warehouse.build(as_of)
        assert warehouse.is_incremental_run() == (run > 0)
        if run > 0:
            assert_same(built, warehouse.rebuilt(as_of, tmp_path_factory.mktemp("rebuilt")))
    assert built["fct_attribution"]
    warehouse.run("test", as_of, "--select", "test_name:grain")
    ((rejected, accepted),) = warehouse.query("select sum(rows_rejected), sum(rows_accepted) from marts.load_ledger")
    assert rejected < accepted / 20
    feeds = warehouse.query("select distinct feed from marts.load_ledger where rows_accepted > 0 order by 1")
    assert [feed for (feed,) in feeds] == sorted({"standard", *VENDORS})


def assert_same(built: dict[str, list[tuple]], rebuilt: dict[str, list[tuple]]) -> None:
    """Two builds have the same marts with the same rows."""
    assert list(built) == list(rebuilt)
    for mart, expected in rebuilt.items():
        assert built[mart] == expected, mart


@pytest.mark.slowest
def test_a_run_is_a_full_refresh_where_an_incremental_one_would_be_wrong(standard_manifest, tmp_path_factory):
    """A file moved to its right folder is read; a deleted file makes the next run a full refresh."""
    warehouse = Warehouse(tmp_path_factory.mktemp("kept"), standard_manifest, STANDARD, VARS)

    def is_incremental(run: int, rows: list[Row]) -> bool:
        as_of = FIRST_RUN + timedelta(days=run)
        warehouse.load(run, rows)
        assert warehouse.build(as_of) == warehouse.rebuilt(as_of, tmp_path_factory.mktemp("rebuilt"))
        return warehouse.is_incremental_run()

    def touchpoints() -> set[str]:
        return {touchpoint for (touchpoint,) in warehouse.query("select touchpoint_id from marts.fct_touchpoints")}

    session = {"session_id": "s1", "started_at": "2026-02-01", "anonymous_id": "a1", "utm_source": "google"}
    assert not is_incremental(0, [SESSION, (("standard", "leads"), session)])
    assert is_incremental(1, [(("standard", "web_sessions"), session)])
    assert "session:s1" in touchpoints()
    raw = warehouse.home / "raw"
    (entry,) = duckdb.sql(f"""
        select checksum from '{raw}/load_log/load_ledger/*.parquet' where file = 'standard/web_sessions/1.jsonl'
    """).fetchone()  # fmt: skip
    for path in raw.rglob(f"*{entry}*"):
        path.unlink()
    (warehouse.home / "landing/standard/web_sessions/1.jsonl").unlink()
    assert not is_incremental(2, [])
    assert is_incremental(3, [])
    assert "session:s1" not in touchpoints()


@pytest.mark.slowest
def test_an_incremental_run_loads_only_the_seeds_that_changed(standard_manifest, tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("kept"), standard_manifest, STANDARD, VARS)

    def rows_after_build(sql: str) -> int:
        """Rows of the seed after a statement and a build of it."""
        with duckdb.connect(str(warehouse.home / "warehouse/warehouse.duckdb")) as connection:
            connection.execute(sql)
        warehouse.run("build", FIRST_RUN, "--select", "click_ids", "--exclude-resource-type", "test")
        ((rows,),) = warehouse.query("select count(*) from seeds.click_ids")
        return rows

    warehouse.load(0, [SESSION])
    warehouse.build(FIRST_RUN)
    warehouse.build(FIRST_RUN)
    assert warehouse.is_incremental_run()
    assert rows_after_build("delete from seeds.click_ids") == 0
    assert rows_after_build("comment on table seeds.click_ids is 'the checksum of another file'") > 10
    assert rows_after_build("drop table seeds.click_ids") > 10
    assert rows_after_build("delete from seeds.click_ids") == 0
    warehouse.run("build", FIRST_RUN, "--select", "click_ids", "--exclude-resource-type", "test", "--full-refresh")
    assert warehouse.query("select count(*) > 10 from seeds.click_ids") == [(True,)]
