"""The release: a copy of the marts that readers open while the next run builds.

A release is a folder that never changes once it is visible. Readers go through the symlink `serve/current`; a crash at
any instant leaves it on the previous release. Shaping data does not belong here.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration.config.locks import exclusive
from orchestration.config.settings import Settings
from orchestration.config.vars import project_vars
from orchestration.ingest.load_log import sync
from orchestration.ingest.validation import literal
from orchestration.lake.connect import current_snapshot, hold_build_lock
from orchestration.lake.releases import record
from orchestration.release.dbt_docs import PAGE as DOCS
from orchestration.release.dbt_docs import add_docs
from orchestration.release.mart_figures import mart_figures
from orchestration.release.report.page import PAGE as REPORT
from orchestration.release.report.page import write_report
from orchestration.release.warehouse import attached_marts
from orchestration.transform.dbt_assets import WRITER_POOL
from orchestration.transform.manifest import read_manifest

KEPT_RELEASES = 3
# The oldest file format, so that every client of the last years opens it.
STORAGE_VERSION = "v1.0.0"


class PublishError(RuntimeError):
    """There is nothing to release."""


@dataclass(frozen=True)
class TableComments:
    """What a table and its columns mean, shown by clients that show comments."""

    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Release:
    """What went out: rows by table."""

    path: Path
    rows: Mapping[str, int]
    lake_snapshot: int | None = None

    @property
    def bytes(self) -> int:
        """Size of the DuckDB file; the Parquet copy comes on top."""
        return (self.path / "warehouse.duckdb").stat().st_size


def build_release_asset(settings: Settings, marts: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    """Asset `release`, after every mart."""

    @dg.asset(
        deps=list(marts),
        group_name="release",
        owners=["team:data"],
        kinds={"duckdb", "parquet"},
        pool=WRITER_POOL,
        description="The published copy of the marts, and the report page, `serve/current`; it changes as a whole.",
    )
    def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with exclusive(settings.writer_lock, on_wait=lambda holder: context.log.info(f"release waits for {holder}")):
            done = publish(
                settings,
                context.run_id[:8],
                mart_comments(read_manifest(settings)),
                complete=lambda folder: _complete(folder, settings, context.log),
            )
        variables = {name: settings.var(name) for name in project_vars()}
        figures = mart_figures(done.path / "warehouse.duckdb", variables)
        for name, rows in done.rows.items():
            # Not by the step that builds them: rows cannot be counted while dbt has the file open.
            shown = {title: dg.MetadataValue.md(figure) for title, figure in figures.get(name, {}).items()}
            counted = dg.AssetObservation(["marts", name], metadata={"dagster/row_count": rows, **shown})
            context.log_event(counted)
        table = "\n".join(f"| {name} | {rows:,} |" for name, rows in done.rows.items())
        return dg.MaterializeResult(
            metadata={
                "tables": len(done.rows),
                "dagster/row_count": sum(done.rows.values()),
                "bytes": done.bytes,
                "path": dg.MetadataValue.path(str(done.path)),
                **({} if done.lake_snapshot is None else {"lake_snapshot": done.lake_snapshot}),
                **_pages(settings),
                "rows_by_table": dg.MetadataValue.md(f"| table | rows |\n|---|---:|\n{table}"),
            }
        )

    return release


def _complete(folder: Path, settings: Settings, log: dg.DagsterLogManager) -> None:
    """What comes with the marts. They go out without a page that cannot be written."""
    for page, write in ((REPORT, write_report), (DOCS, add_docs)):
        try:
            write(folder, settings)
        except Exception as error:
            (folder / page).unlink(missing_ok=True)
            log.warning(f"This release has no {page}: {error}")


def _pages(settings: Settings) -> dict[str, dg.MetadataValue]:
    """Where the pages of the current release are. Browsers open no file from a web page, so these are to be copied."""
    pages = {name: settings.serve / "current" / page for name, page in (("report", REPORT), ("docs", DOCS))}
    return {name: dg.MetadataValue.path(str(page)) for name, page in pages.items() if page.exists()}


def mart_comments(manifest: Mapping[str, Any]) -> dict[str, TableComments]:
    """The descriptions of the marts in the dbt project, by table."""
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return {
        node["name"]: TableComments(
            node["description"], {name: column["description"] for name, column in node["columns"].items()}
        )
        for node in models
        if node["schema"] == "marts"
    }


def publish(
    settings: Settings,
    name: str = "",
    comments: Mapping[str, TableComments] | None = None,
    complete: Callable[[Path], object] = lambda folder: None,
) -> Release:
    """Copy schema `marts` into a new release and make it current. One caller at a time. Raises PublishError.

    `complete` adds to the folder what comes with the marts, before anybody sees it.
    """
    releases = settings.serve / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    _remove_asides(settings.serve, releases)
    folder = "-".join(filter(None, (datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ"), name)))
    aside = releases / f".building-{folder}"
    (aside / "parquet").mkdir(parents=True)
    snapshot = _snapshot(settings)
    rows = _copy_marts(settings, snapshot, aside, comments or {})
    complete(aside)
    _harden(aside)
    release = releases / folder
    aside.rename(release)
    sync(releases)
    if snapshot is not None:
        record(settings, folder, snapshot)
    _point_current_at(release, settings.serve)
    _prune(releases, keep=release)
    return Release(release, rows, snapshot)


def _snapshot(settings: Settings) -> int | None:
    """Of a lake, its state now, which is no other run's: none can begin to build before this process ends."""
    if not settings.is_lake:
        return None
    hold_build_lock(settings.lake_catalog)
    return current_snapshot(settings)


def _copy_marts(
    settings: Settings, snapshot: int | None, folder: Path, comments: Mapping[str, TableComments]
) -> dict[str, int]:
    rows: dict[str, int] = {}
    with duckdb.connect() as connection, attached_marts(connection, settings, snapshot):
        target = literal(str(folder / "warehouse.duckdb"))
        connection.execute(f"attach {target} as release (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema release.marts")
        for table in _marts(connection):
            connection.execute(f'create table release.marts."{table}" as from warehouse.marts."{table}"')
            _comment(connection, table, comments.get(table, TableComments()))
            parquet = literal(str(folder / "parquet" / f"{table}.parquet"))
            copied = connection.execute(f'copy release.marts."{table}" to {parquet} (format parquet, compression zstd)')
            ((rows[table],),) = copied.fetchall()
        connection.execute("detach release")
    return rows


def _marts(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "select table_name from information_schema.tables"
        " where table_catalog = 'warehouse' and table_schema = 'marts' order by table_name"
    ).fetchall()
    if not found:
        raise PublishError("the warehouse has no table in schema marts; run dbt build first")
    return [name for (name,) in found]


def _comment(connection: duckdb.DuckDBPyConnection, table: str, comments: TableComments) -> None:
    if comments.table:
        connection.execute(f'comment on table release.marts."{table}" is {literal(comments.table)}')
    columns = {column for (column, *_) in connection.execute(f'describe release.marts."{table}"').fetchall()}
    for column, words in comments.columns.items():
        if words and column in columns:
            connection.execute(f'comment on column release.marts."{table}"."{column}" is {literal(words)}')


def _harden(folder: Path) -> None:
    """On disk before it is visible, and read-only, so that no client can spoil it for the others."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
        sync(path)
    sync(folder)


def _point_current_at(release: Path, serve: Path) -> None:
    """Swap the directory symlink in one rename. It is relative, so that the state folder can be moved."""
    link = serve / ".current-next"
    link.symlink_to(Path("releases") / release.name, target_is_directory=True)
    link.replace(serve / "current")
    sync(serve)


def _prune(releases: Path, keep: Path) -> None:
    """Names sort by time. An open file outlives its name, so readers of an old release finish undisturbed."""
    old = sorted(path for path in releases.iterdir() if path != keep)
    for path in old[: max(0, len(old) - (KEPT_RELEASES - 1))]:
        shutil.rmtree(path)


def _remove_asides(serve: Path, releases: Path) -> None:
    """What runs that died left behind; the caller is alone, so nobody is still writing them."""
    (serve / ".current-next").unlink(missing_ok=True)
    for path in releases.glob(".building-*"):
        shutil.rmtree(path)
