"""The dbt project as assets: one step, one `dbt build`.

Parsing is in dbt_manifest.py; what the models compute is in dbt_project/.
"""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliResource, dbt_assets
from packaging.version import Version

from orchestration.dbt_manifest import dbt_vars_arguments, read_manifest
from orchestration.locks import exclusive, wait_until_closed
from orchestration.settings import PROJECT_DIR, Settings

# One writer at a time on the warehouse, across runs.
WRITER_POOL = "warehouse"


class DbtProcess(DbtCliResource):
    """dbt as one child process per build, without the two start-ups that only ask its version and count rows."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> None:
        return None


def build_dbt_assets(settings: Settings) -> dg.AssetsDefinition:
    """All seeds and models, with their data tests as asset checks. Parses the project when it changed."""

    @dbt_assets(
        manifest=read_manifest(settings),
        # Unit tests test the code, not tonight's data: `make test` runs them.
        exclude="resource_type:unit_test",
        name="dbt_build",
        pool=WRITER_POOL,
    )
    def dbt_build(context: dg.AssetExecutionContext, dbt: DbtProcess) -> Iterator[Any]:
        """Build the warehouse. A model that fails skips what depends on it, and then fails the step."""
        with exclusive(settings.writer_lock, on_wait=_tell(context, "waits for")):
            wait_until_closed(settings.warehouse, on_wait=_tell(context, "waits:"))
            target = _prepare_folders(settings)
            os.environ.update(settings.environment)
            invocation = dbt.cli(["build", *dbt_vars_arguments(settings)], context=context, target_path=target)
            events, error = _collect(context, invocation.stream())
            rows = _row_counts(settings.warehouse)
        yield from (_with_rows(event, rows) for event in events)
        if error:
            raise error

    return dbt_build


def build_dbt_resource() -> DbtProcess:
    """The dbt of this environment, on the project at the repository's root."""
    return DbtProcess(
        project_dir=str(PROJECT_DIR),
        profiles_dir=str(PROJECT_DIR),
        dbt_executable=sys.executable,
        global_config_flags=["-m", "orchestration.dbt_child"],
    )


def _tell(context: dg.AssetExecutionContext, words: str) -> Any:
    return lambda holder: context.log.info(f"dbt_build {words} {holder}")


def _prepare_folders(settings: Settings) -> Path:
    """An empty run folder that starts from the last parse, so that dbt need not parse again."""
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    target = settings.dbt / "run"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(settings.dbt / "parsed" / "partial_parse.msgpack", target)
    return target


def _collect(context: dg.AssetExecutionContext, stream: Iterator[Any]) -> tuple[list[Any], Exception | None]:
    """Events of the whole build, told as they come, and the error at its end if there was one.

    They are kept until dbt is gone, because rows can be counted only then. dbt's own lines are in run/dbt.log.
    """
    events: list[Any] = []
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            for event in stream:
                events.append(event)
                _report(context, event)
        except Exception as error:
            return events, error
    return events, None


def _report(context: dg.AssetExecutionContext, event: Any) -> None:
    """One log line for a built table or a failed test; a passed test is in the event log anyway."""
    metadata = event.metadata or {}
    if "unique_id" not in metadata:
        return
    name = metadata["unique_id"].text.split(".")[2]
    seconds = metadata.get("Execution Duration")
    took = f"{name:<58} {seconds.value:>11.1f} s" if seconds is not None else name
    if isinstance(event, dg.Output):
        context.log.info(took)
    elif getattr(event, "passed", True) is False:
        context.log.warning(f"{took}  test FAILED")


def _row_counts(warehouse: Path) -> dict[tuple[str, str], int]:
    """Rows of every table by (schema, name); views are not counted, that would run them."""
    if not warehouse.exists():
        return {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.sql("select schema_name, table_name from duckdb_tables()").fetchall()
        query = 'select count(*) from "{}"."{}"'
        return {table: connection.sql(query.format(*table)).fetchone()[0] for table in tables}


def _with_rows(event: Any, rows: dict[tuple[str, str], int]) -> Any:
    if not isinstance(event, dg.Output):
        return event
    # Asset keys of models are [schema, name]; the output's name is the same joined by two underscores.
    count = next((n for (schema, name), n in rows.items() if event.output_name == f"{schema}__{name}"), None)
    return event if count is None else event.with_metadata({**event.metadata, "dagster/row_count": count})
