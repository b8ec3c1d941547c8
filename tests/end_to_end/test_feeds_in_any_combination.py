"""All feeds together, each with rows, disabled, empty or missing: every run builds all there is."""

import json
import random
from itertools import combinations
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.contract import load_contracts
from tests.end_to_end.nightly_runs import (
    COMPANY,
    FEEDS,
    VENDORS,
    assert_columns_are_documented,
    land_company,
    query,
    run_nightly,
)

RUNS = range(6)
# The runs in which a vendor has rows: three of the last five, different ones for each vendor. So of any two vendors
# both have rows in one run, each alone in another, and neither in the first. An eleventh vendor needs a seventh run.
BRINGS = dict(zip(VENDORS, combinations(RUNS[1:], 3), strict=False))
# Without rows: of its other three runs a vendor is disabled in one, and has two of these in the others.
NOTHING = ("no folder", "header alone", "empty folder", "table without rows")
COLUMNS = {(contract.feed, contract.entity): contract.column_names for contract in load_contracts()}


def state(vendor: str, run: int) -> str:
    """The state of a vendor in a run."""
    if run in BRINGS[vendor]:
        return "rows"
    number = VENDORS.index(vendor)
    ways = ("off", *NOTHING[number % 2 :: 2])
    others = [other for other in RUNS if other not in BRINGS[vendor]]
    return ways[(number + others.index(run)) % len(ways)]


def land(home: Path, run: int) -> None:
    """Land every feed in its state of the run. Where it has rows, a third of its entities have none."""
    chance = random.Random(run)
    for feed in ("standard", *VENDORS):
        way = state(feed, run) if feed in VENDORS else "rows"
        company = FEEDS / feed if feed in VENDORS else COMPANY
        entities = sorted(entity for other, entity in COLUMNS if other == feed)
        if way == "rows":
            without = {entity: chance.choice(NOTHING) for entity in chance.sample(entities, len(entities) // 3)}
        else:
            # What is off lies there nevertheless.
            without = {} if way == "off" else dict.fromkeys(entities, way)
        land_company(home, but=tuple(without), company=company, feed=feed)
        for entity, nothing in without.items():
            land_nothing(home / "landing" / feed / entity, nothing, COLUMNS[feed, entity])


def land_nothing(folder: Path, way: str, columns: tuple[str, ...]) -> None:
    """Land an entity without rows."""
    if way == "no folder":
        return
    folder.mkdir(parents=True)
    if way == "header alone":
        (folder / "export.csv").write_text(",".join(columns) + "\n")
    elif way == "table without rows":
        none = ", ".join(f'null::varchar as "{column}"' for column in columns)
        duckdb.sql(f"select {none} where false").write_parquet(str(folder / "export.parquet"))


def test_of_any_two_vendors_some_run_has_both_and_either_and_neither():
    for one, other in combinations(VENDORS, 2):
        seen = {(state(one, run) == "rows", state(other, run) == "rows") for run in RUNS}
        assert len(seen) == 4, (one, other)
    assert all("off" in {state(vendor, run) for run in RUNS} for vendor in VENDORS)
    assert {state(vendor, run) for vendor in VENDORS for run in RUNS} == {"rows", "off", *NOTHING}


@pytest.mark.slowest
@pytest.mark.parametrize("run", RUNS)
def test_a_run_builds_whatever_is_missing(run, tmp_path):
    land(tmp_path, run)
    enabled = [vendor for vendor in VENDORS if state(vendor, run) != "off"]
    assert run_nightly(tmp_path, sources_enabled=enabled) == 0
    results = json.loads((tmp_path / "dbt/run/run_results.json").read_text())["results"]
    # A saved query is checked and not run.
    built = [result for result in results if not result["unique_id"].startswith("saved_query.")]
    assert {result["status"] for result in built} <= {"success", "pass", "warn"}
    assert_columns_are_documented(tmp_path)
    landed = {file.relative_to(tmp_path / "landing").parts[:2] for file in tmp_path.glob("landing/*/*/*")}
    loaded = query(tmp_path, "select feed, entity, sum(rows_accepted) from marts.load_ledger group by all")
    assert {(feed, entity) for feed, entity, _ in loaded} == {
        (feed, entity) for feed, entity in landed if feed in ("standard", *enabled)
    }
    with_rows = {vendor for vendor in VENDORS if state(vendor, run) == "rows"}
    assert {feed for feed, _, rows in loaded if rows} == {"standard", *with_rows}
