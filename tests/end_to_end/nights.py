"""Whole nights in a folder of their own, as `make nightly` runs them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

PROJECT_DIR = Path(__file__).resolve().parents[2]
COMPANY = Path(__file__).with_name("company")
ECONOMICS_COMPANY = Path(__file__).with_name("economics_company")
FEEDS = Path(__file__).with_name("feeds")
CONTRACTS = PROJECT_DIR / "orchestration/ingestion/contracts"
VENDORS = sorted(path.name for path in CONTRACTS.iterdir() if path.name != "standard")
AS_OF = "2026-07-02"


# What a night writes of itself, and the log of merges, which tells of nights and not of the company.
CLOCK = ("loaded_at", "rejected_at")
LOGS = {"identity_merges"}


def land_company(home: Path, but: tuple[str, ...] = (), company: Path = COMPANY, feed: str = "standard") -> None:
    """Drop a small company's exports, `but` some; an entity may have several files (`ad_spend_restated`)."""
    entities = {path.stem for path in (CONTRACTS / feed).glob("*.yml")}
    for number, path in enumerate(sorted(company.glob("*.csv"))):
        if path.stem in but:
            continue
        entity = path.stem if path.stem in entities else path.stem.rsplit("_", 1)[0]
        target = home / "landing" / feed / entity / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
        # Landing times say which version is newer.
        os.utime(target, (1_780_000_000 + number, 1_780_000_000 + number))


def environment(home: Path, **dbt_vars: Any) -> dict[str, str]:
    """The environment of a night."""
    return {**os.environ, "LSW_HOME": str(home), "LSW_VARS": json.dumps({"as_of": AS_OF, **dbt_vars})}


def start_night(home: Path, **dbt_vars: Any) -> subprocess.Popen:
    """A night in the background, in a process group of its own so that a test can kill all of it."""
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.nightly"],
        cwd=PROJECT_DIR,
        env=environment(home, **dbt_vars),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run_night(home: Path, **dbt_vars: Any) -> int:
    """A whole night; gives its exit code and shows its output where a test fails."""
    process = start_night(home, **dbt_vars)
    output, _ = process.communicate()
    print(output)
    return process.returncode


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
