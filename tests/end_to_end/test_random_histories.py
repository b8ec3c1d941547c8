"""Whatever arrives in whatever order: after every night, the marts are what building everything anew gives.

Nights bring late visits, corrected and deleted records, identities that merge and part, repeated loads and nothing.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.config.settings import Settings
from orchestration.ingest.contract import CONTRACTS_DIR, load_contract
from orchestration.ingest.loader import load_entity
from tests.end_to_end.nightly_runs import CLOCK, LOGS, PROJECT_DIR

FIRST_NIGHT = datetime(2026, 4, 1)
CONTRACTS = {path.stem: load_contract(path) for path in sorted((CONTRACTS_DIR / "standard").glob("*.yml"))}
VARS = {"identity_max_degree": 3, "attribution_lookback_days": 40, "touch_collapse_minutes": 720}


def one_of(prefix: str, count: int, missing: bool = True) -> st.SearchStrategy[str | None]:
    """Few names, so that records meet."""
    names = [f"{prefix}{number}" for number in range(count)]
    return st.sampled_from([*names, None] if missing else names)


emails = st.sampled_from(["ann@acme.example", "bob@acme.example", "cat@gmail.com", "dan@beta.example", None])
# Coarse, so that records coincide; some are after the night they come in.
moments = st.integers(0, 600).map(lambda slot: (datetime(2026, 1, 1) + timedelta(hours=6 * slot)).isoformat())
words = st.sampled_from(["google", "LinkedIn Ads", "webinar", "no idea", "direct", None])
flags = st.sampled_from(["true", "false", None])
ROWS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "web_sessions": {
        "session_id": one_of("s", 25, missing=False),
        "started_at": moments,
        "anonymous_id": one_of("a", 8, missing=False),
        "user_id": one_of("u", 4),
        "email": emails,
        "landing_page_url": st.sampled_from(
            [
                "https://us.example/",
                "https://us.example/?utm_source=linkedin&utm_medium=cpc",
                "https://us.example/?gclid=1",
            ]
        ),
        "utm_source": words,
        "utm_campaign": one_of("c", 2),
    },
    "web_events": {
        "event_id": one_of("e", 25, missing=False),
        "occurred_at": moments,
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
    "revenue": {
        "revenue_id": one_of("r", 4, missing=False),
        "date": st.sampled_from(["2026-02-10", "2026-03-31"]),
        "account_id": one_of("A", 3, missing=False),
        "amount": st.sampled_from(["90", "45"]),
        "kind": st.sampled_from(["recurring", "one_off"]),
    },
}
row = st.one_of(
    *[
        st.fixed_dictionaries(columns).map(lambda values, entity=entity: (entity, values))
        for entity, columns in ROWS.items()
        # Visits are what most nights bring.
        for _ in range(4 if entity in ("web_sessions", "web_events") else 1)
    ]
)
VISIT = ("web_sessions", {"session_id": "s0", "started_at": "2026-01-05", "anonymous_id": "a0"})


@st.composite
def histories(draw: st.DrawFn) -> list[list[tuple[str, dict[str, Any]]]]:
    """Nights with their rows. A company's tracker sends sessions from the first night on, or never."""
    nights = draw(st.lists(st.lists(row, min_size=5, max_size=30), min_size=2, max_size=3))
    if draw(st.booleans()):
        return [[VISIT, *nights[0]], *nights[1:]]
    return [[(entity, values) for entity, values in rows if entity != "web_sessions"] for rows in nights]


def run_dbt(command: str, target: Path, *arguments: str, manifest: Manifest | None = None) -> dbtRunnerResult:
    """dbt in this process, on the project as it is or as it was parsed."""
    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    folders += ["--target-path", str(target), "--log-path", str(target)]
    # Nobody reads what it writes beside the warehouse.
    quiet = ["--quiet", "--no-use-colors", "--no-write-json", "--log-level-file", "none"]
    return dbtRunner(manifest).invoke([*quiet, command, *folders, *arguments])


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """The project, parsed once for all nights: folder and `as_of` are read when a model runs."""
    parsed = run_dbt("parse", tmp_path_factory.mktemp("parsed"), "--vars", json.dumps(VARS))
    assert parsed.success, parsed.exception
    # dbt cannot copy disabled tests, and nothing here asks for them.
    parsed.result.disabled.clear()
    return parsed.result


@dataclass
class Warehouse:
    """A state folder, and dbt on it in this process."""

    home: Path
    manifest: Manifest

    def load(self, number: int, rows: list[tuple[str, dict[str, Any]]]) -> None:
        """Drop the night's rows as files and take them through the gate; entities without rows have empty tables."""
        for entity, contract in CONTRACTS.items():
            landing = self.home / "landing" / "standard" / entity
            landing.mkdir(parents=True, exist_ok=True)
            records = [values for name, values in rows if name == entity]
            if records:
                (landing / f"{number}.jsonl").write_text("\n".join(map(json.dumps, records)))
            load_entity(Settings(home=self.home), contract)

    def build(self, monkeypatch: pytest.MonkeyPatch, as_of: datetime, *flags: str) -> dict[str, list[tuple]]:
        """Run every model; gives the marts."""
        monkeypatch.setenv("LSW_HOME", str(self.home))
        monkeypatch.setenv("LSW_FINGERPRINT", "unchanged")
        (self.home / "warehouse").mkdir(exist_ok=True)
        variables = json.dumps({"as_of": as_of.isoformat(sep=" "), **VARS})
        tests = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
        # A copy, as a run writes its SQL into the nodes.
        manifest = self.manifest.deepcopy()
        result = run_dbt("build", self.home / "dbt", *tests, "--vars", variables, *flags, manifest=manifest)
        DuckDBConnectionManager.close_all_connections()
        assert result.success, [node.message for node in result.result or [] if node.status in ("error", "fail")]
        assert self.night("as_of") == as_of
        return self.marts()

    def is_partial(self) -> bool:
        """Whether the last night built on the one before."""
        return self.night("is_incremental_run")

    def night(self, column: str) -> Any:
        """What the warehouse knows of its last night."""
        with duckdb.connect(str(self.home / "warehouse/warehouse.duckdb"), read_only=True) as connection:
            return connection.sql(f"select {column} from run_state.runs").fetchone()[0]

    def marts(self) -> dict[str, list[tuple]]:
        """Every row of every mart, ordered."""
        with duckdb.connect(str(self.home / "warehouse/warehouse.duckdb"), read_only=True) as connection:
            tables = connection.sql(
                "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
            ).fetchall()
            columns = f"columns(c -> c not in {CLOCK})"
            return {
                table: connection.sql(f"select {columns} from marts.{table} order by all").fetchall()
                for (table,) in tables
                if table not in LOGS
            }


@settings(
    max_examples=int(os.environ.get("LSW_HISTORIES", 2)),
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(nights=histories())
def test_building_on_last_night_gives_what_building_anew_gives(nights, manifest, tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch:
        kept = Warehouse(tmp_path_factory.mktemp("kept"), manifest)
        partial_nights = 0
        for number, rows in enumerate(nights):
            as_of = FIRST_NIGHT + timedelta(days=10 * number)
            kept.load(number, rows)
            built = kept.build(monkeypatch, as_of)
            partial_nights += kept.is_partial()
            anew = rebuilt(kept, monkeypatch, as_of, tmp_path_factory)
            assert list(built) == list(anew)
            for mart, expected in anew.items():
                assert built[mart] == expected, mart
        assert partial_nights == len(nights) - 1


def rebuilt(kept: Warehouse, monkeypatch: pytest.MonkeyPatch, as_of: datetime, folders: Any) -> dict[str, list[tuple]]:
    """The marts that a new warehouse makes of the same raw files."""
    fresh = Warehouse(folders.mktemp("anew"), kept.manifest)
    (fresh.home / "raw").symlink_to(kept.home / "raw")
    return fresh.build(monkeypatch, as_of)


def test_a_night_builds_anew_where_building_on_the_last_one_would_be_wrong(manifest, monkeypatch, tmp_path_factory):
    """A file in the wrong folder is seen once it is in the right one; a file that is gone makes one whole night."""
    kept = Warehouse(tmp_path_factory.mktemp("kept"), manifest)

    def night(number: int, rows: list[tuple[str, dict[str, Any]]]) -> bool:
        as_of = FIRST_NIGHT + timedelta(days=number)
        kept.load(number, rows)
        assert kept.build(monkeypatch, as_of) == rebuilt(kept, monkeypatch, as_of, tmp_path_factory)
        return kept.is_partial()

    session = {"session_id": "s1", "started_at": "2026-02-01", "anonymous_id": "a1", "utm_source": "google"}
    assert not night(0, [VISIT, ("leads", session)])
    assert night(1, [("web_sessions", session)])
    assert ("session:s1",) in [(touch,) for touch, *_ in kept.marts()["fct_touchpoints"]]
    raw = kept.home / "raw"
    (entry,) = duckdb.sql(f"""
        select checksum from '{raw}/load_log/load_ledger/*.parquet' where file = 'standard/web_sessions/1.jsonl'
    """).fetchone()  # fmt: skip
    for path in raw.rglob(f"*{entry}*"):
        path.unlink()
    (kept.home / "landing/standard/web_sessions/1.jsonl").unlink()
    assert not night(2, [])
    assert night(3, [])
    assert ("session:s1",) not in [(touch,) for touch, *_ in kept.marts()["fct_touchpoints"]]
