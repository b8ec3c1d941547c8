"""Whole runs, each in a state folder of its own, as `make nightly` starts them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

PROJECT_DIR = Path(__file__).resolve().parents[2]
COMPANY = PROJECT_DIR / "tests/data/company"
WORKED_COMPANY = PROJECT_DIR / "tests/data/worked_company"
FEEDS = PROJECT_DIR / "tests/data/feeds"
CONTRACTS = PROJECT_DIR / "orchestration/ingest/contracts"
VENDORS = sorted(path.name for path in CONTRACTS.iterdir() if path.name != "standard")
AS_OF = "2026-07-02"


# Marts about the runs themselves: clock times, and logs of merges and decisions.
CLOCK = ("loaded_at", "rejected_at")
LOGS = {"identity_merges", "recorded_decisions", "decision_log", "verdict_accuracy"}


def exports(company: Path = COMPANY, feed: str = "standard") -> list[tuple[str, Path]]:
    """Entity and path of each of a company's exports; an entity may have several files (`ad_spend_restated`)."""
    entities = {path.stem for path in (CONTRACTS / feed).glob("*.yml")}
    stems = [(path.stem, path) for path in sorted(company.glob("*.*"))]
    return [(stem if stem in entities else stem.rsplit("_", 1)[0], path) for stem, path in stems]


def land_company(home: Path, but: tuple[str, ...] = (), company: Path = COMPANY, feed: str = "standard") -> None:
    """Drop a small company's exports, `but` some files or entities."""
    for number, (entity, path) in enumerate(exports(company, feed)):
        if path.stem in but or entity in but:
            continue
        target = home / "landing" / feed / entity / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
        # Landing times say which version is newer.
        os.utime(target, (1_780_000_000 + number, 1_780_000_000 + number))


def environment(home: Path, **dbt_vars: Any) -> dict[str, str]:
    """The environment of a run."""
    return {**os.environ, "LSW_HOME": str(home), "LSW_VARS": json.dumps({"as_of": AS_OF, **dbt_vars})}


def start_nightly(home: Path, **dbt_vars: Any) -> subprocess.Popen:
    """A run in the background, in its own process group so that a test can kill all of it."""
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli.nightly"],
        cwd=PROJECT_DIR,
        env=environment(home, **dbt_vars),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run_nightly(home: Path, **dbt_vars: Any) -> int:
    """A whole run; returns its exit code and shows its output where a test fails."""
    process = start_nightly(home, **dbt_vars)
    output, _ = process.communicate()
    print(output)
    return process.returncode


def assert_columns_are_documented(home: Path) -> None:
    """Of every seed and model, in order, with a description; and every model has its YAML."""
    manifest = json.loads((home / "dbt" / "parsed" / "manifest.json").read_text())
    with_columns: dict[tuple[str, str], list[str]] = {}
    with duckdb.connect(str(home / "warehouse" / "warehouse.duckdb"), read_only=True) as connection:
        for schema, table, column in connection.sql(
            "select schema_name, table_name, column_name from duckdb_columns() order by column_index"
        ).fetchall():
            with_columns.setdefault((schema, table), []).append(column)
    models = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    assert len(models) > 50
    for node in models:
        documented = {name: column["description"] for name, column in node["columns"].items()}
        assert list(documented) == with_columns[node["schema"], node["name"]], node["name"]
        assert all(documented.values()), node["name"]
        assert node["description"].startswith("One row"), node["name"]


def query(home: Path, sql: str) -> list[tuple]:
    """Rows from the release."""
    with duckdb.connect(str(home / "serve/current/warehouse.duckdb"), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def marts(home: Path) -> dict[str, list[tuple]]:
    """Every row of every mart, ordered; without the clock times of loading, and without logs."""
    with duckdb.connect(str(home / "serve/current/warehouse.duckdb"), read_only=True) as connection:
        tables = [name for (name,) in connection.sql("select table_name from duckdb_tables() order by 1").fetchall()]
        columns = f"columns(c -> c not in {CLOCK})"
        return {
            table: connection.sql(f"select {columns} from marts.{table} order by all").fetchall()
            for table in tables
            if table not in LOGS
        }
