"""dbt in this process on a target, and a release after each build: its file is the same on every target."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

from orchestration.config.settings import Settings
from orchestration.release.publish import Release, publish
from tests.end_to_end.dbt_in_process import parse, run_dbt
from tests.end_to_end.nightly_runs import CLOCK
from tests.engines.targets import Target

# Sums of doubles differ behind it with the order of their rows.
DIGITS = 9


@dataclass
class Build:
    """A state folder with raw files, and a target."""

    target: Target
    home: Path
    dbt_vars: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return self.target.settings(self.home)

    @cached_property
    def manifest(self) -> Manifest:
        with self._environment():
            return parse(self.home / "parsed", self.dbt_vars)

    def run(self, as_of: datetime) -> Release:
        """Build seeds and models, and release the marts."""
        done = self.invoke("build", as_of, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        assert done.success, done.exception or failures(done)
        return publish(self.settings)

    def invoke(self, command: str, as_of: datetime, *arguments: str) -> dbtRunnerResult:
        """A dbt command, whatever comes of it."""
        (self.home / "warehouse").mkdir(exist_ok=True)
        dbt_vars = json.dumps({"as_of": as_of.isoformat(sep=" "), **self.dbt_vars})
        # A copy, as a run writes its SQL into the nodes.
        manifest = self.manifest.deepcopy()
        with self._environment():
            done = run_dbt(command, self.home / "dbt", *arguments, "--vars", dbt_vars, manifest=manifest)
        DuckDBConnectionManager.close_all_connections()
        return done

    @contextmanager
    def _environment(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {**self.settings.environment, "LSW_FINGERPRINT": "unchanged"}.items():
                patch.setenv(name, value)
            yield


def failures(done: dbtRunnerResult) -> list[str]:
    return [f"{one.node.name}: {one.message}" for one in done.result if one.status in ("error", "fail")]


def differences(expected: Path, found: Path) -> dict[str, str]:
    """The marts in which two releases differ, and how; clock times aside."""
    with duckdb.connect() as connection:
        for name, release in (("expected", expected), ("found", found)):
            connection.execute(f"attach '{release / 'warehouse.duckdb'}' as {name} (read_only)")
        marts = columns(connection, "expected")
        others = columns(connection, "found")
        if marts != others:
            return {"columns": str([mart for mart in {*marts, *others} if marts.get(mart) != others.get(mart)])}
        compared = {mart: _compare(connection, mart, marts[mart]) for mart in marts}
    return {mart: difference for mart, difference in compared.items() if difference}


def columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for mart, column, type_ in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = ? and schema_name = 'marts' order by table_name, column_index",
        [database],
    ).fetchall():
        found.setdefault(mart, []).append((column, type_))
    return found


def _compare(connection: duckdb.DuckDBPyConnection, mart: str, its_columns: list[tuple[str, str]]) -> str:
    shown = ", ".join(
        f"round({column}, {DIGITS}) + 0.0 as {column}" if type_ == "DOUBLE" else column
        for column, type_ in its_columns
        if column not in CLOCK
    )
    found = {}
    for one, other in (("expected", "found"), ("found", "expected")):
        found[one] = connection.execute(
            f"select {shown} from {one}.marts.{mart} except all select {shown} from {other}.marts.{mart}"
        ).fetchall()
    return f"{found['expected'][:3]} != {found['found'][:3]}" if any(found.values()) else ""
