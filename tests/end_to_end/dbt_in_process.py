"""dbt in this process on state folders of tests: parsed once, run without tests, without the orchestrator."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from orchestration.config.settings import Settings
from orchestration.ingest.contract import Contract
from orchestration.ingest.loader import load_entity
from tests.end_to_end.nightly_runs import CLOCK, LOGS, PROJECT_DIR


def run_dbt(command: str, target: Path, *arguments: str, manifest: Manifest | None = None) -> dbtRunnerResult:
    """dbt in this process, on the project as it is or as it was parsed."""
    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    folders += ["--target-path", str(target), "--log-path", str(target)]
    quiet = ["--quiet", "--no-use-colors", "--no-write-json", "--log-level-file", "none"]
    return dbtRunner(manifest).invoke([*quiet, command, *folders, *arguments])


def parse(target: Path, dbt_vars: dict[str, Any]) -> Manifest:
    """The project, for any number of runs: the state folder and the vars of a run are read when a model runs."""
    parsed = run_dbt("parse", target, "--vars", json.dumps(dbt_vars))
    assert parsed.success, parsed.exception
    # dbt cannot copy disabled tests and saved queries, and no test here needs them.
    parsed.result.disabled.clear()
    parsed.result.saved_queries.clear()
    return parsed.result


@dataclass
class Warehouse:
    """A state folder, and dbt on it in this process."""

    home: Path
    manifest: Manifest
    contracts: list[Contract]
    dbt_vars: dict[str, Any]

    def load(self, run: int, rows: list[tuple[tuple[str, str], dict[str, Any]]]) -> None:
        """Land the run's rows, one file per entity, and load them."""
        for contract in self.contracts:
            landing = self.home / "landing" / contract.feed / contract.entity
            landing.mkdir(parents=True, exist_ok=True)
            records = [values for entity, values in rows if entity == (contract.feed, contract.entity)]
            if records:
                (landing / f"{run}.jsonl").write_text("\n".join(map(json.dumps, records)))
        self.load_landed()

    def load_landed(self) -> None:
        """Load what lies in the landing folder; entities without rows have empty tables."""
        for contract in self.contracts:
            load_entity(Settings(home=self.home), contract)

    def build(self, as_of: datetime, *arguments: str) -> dict[str, list[tuple]]:
        """Run seeds and models; gives the marts."""
        self.run("build", as_of, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", *arguments)
        assert self.last_run("as_of") == as_of
        return self.marts()

    def run(self, command: str, as_of: datetime, *arguments: str) -> None:
        """Run a dbt command, which must succeed."""
        result = self.invoke(command, as_of, *arguments)
        assert result.success, result.exception or [
            f"{node.node.name}: {node.message}" for node in result.result if node.status in ("error", "fail")
        ]

    def invoke(self, command: str, as_of: datetime, *arguments: str) -> dbtRunnerResult:
        """Run a dbt command, whatever comes of it."""
        (self.home / "warehouse").mkdir(exist_ok=True)
        dbt_vars = json.dumps({"as_of": as_of.isoformat(sep=" "), **self.dbt_vars})
        # A copy, as a run writes its SQL into the nodes.
        manifest = self.manifest.deepcopy()
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setenv("LSW_HOME", str(self.home))
            monkeypatch.setenv("LSW_FINGERPRINT", "unchanged")
            result = run_dbt(command, self.home / "dbt", *arguments, "--vars", dbt_vars, manifest=manifest)
        DuckDBConnectionManager.close_all_connections()
        return result

    def rebuilt(self, as_of: datetime, home: Path) -> dict[str, list[tuple]]:
        """The marts that a new warehouse in `home` makes of the same raw files."""
        fresh = Warehouse(home, self.manifest, self.contracts, self.dbt_vars)
        (home / "raw").symlink_to(self.home / "raw")
        return fresh.build(as_of)

    def is_incremental_run(self) -> bool:
        """Whether the last run rebuilt only what changed."""
        return self.last_run("is_incremental_run")

    def last_run(self, column: str) -> Any:
        """What the warehouse knows of its last run."""
        ((value,),) = self.query(f"select {column} from run_state.runs")
        return value

    def query(self, sql: str) -> list[tuple]:
        """Rows from the warehouse."""
        with duckdb.connect(str(self.home / "warehouse/warehouse.duckdb"), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    def marts(self) -> dict[str, list[tuple]]:
        """Every row of every mart, ordered."""
        tables = self.query("select table_name from information_schema.tables where table_schema = 'marts' order by 1")
        columns = f"columns(c -> c not in {CLOCK})"
        return {
            table: self.query(f"select {columns} from marts.{table} order by all")
            for (table,) in tables
            if table not in LOGS
        }
