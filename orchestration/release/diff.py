"""What changed in the marts between two releases: rows added, removed and changed.

A lake has every release that it recorded, by time travel; else the files of both must be there still.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.config.settings import Settings
from orchestration.lake.connect import attach_snapshot
from orchestration.lake.releases import recorded

# Sums of doubles differ behind it with the order of their rows.
DIGITS = 9
COLUMNS = (
    "select column_name, data_type from information_schema.columns"
    " where table_catalog = ? and table_schema = 'marts' and table_name = ? order by ordinal_position"
)
TABLES = (
    "select table_name from information_schema.tables where table_catalog = ? and table_schema = 'marts' order by 1"
)


class UnknownReleaseError(ValueError):
    """A release that cannot be compared; the message names those that can."""


@dataclass(frozen=True)
class MartDiff:
    """Rows of one mart. `changed` have the same key and other values; without a key they are removed and added."""

    mart: str
    rows_before: int
    rows_now: int
    added: int
    removed: int
    changed: int
    columns: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.changed or self.columns)


def mart_keys(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """The columns that tell a mart's rows apart: its primary key, else those of its test `grain`."""
    nodes = manifest["nodes"].values()
    keys: dict[str, list[str]] = {}
    for node in nodes:
        test = node.get("test_metadata") or {}
        if test.get("name") == "grain" and node.get("attached_node") in manifest["nodes"]:
            arguments = test["kwargs"]
            model = manifest["nodes"][node["attached_node"]]["name"]
            keys[model] = [*arguments.get("columns", []), *arguments.get("nullable", [])]
    for node in nodes:
        for constraint in node.get("constraints") or []:
            if constraint["type"] == "primary_key":
                keys[node["name"]] = constraint["columns"]
    return keys


def compare(
    settings: Settings, keys: Mapping[str, Sequence[str]], before: str, now: str | None = None
) -> tuple[str, list[MartDiff]]:
    """The later release, which is the newest unless one is named, and how each mart differs.

    Raises UnknownReleaseError, LakeError.
    """
    snapshots = recorded(settings) if settings.is_lake else {}
    known = list(snapshots) or _released(settings)
    if not known:
        raise UnknownReleaseError("nothing is released yet: run `make nightly`")
    later = now or known[-1]
    for release in (before, later):
        if release not in known:
            raise UnknownReleaseError(_unknown(settings, release, known))
    with duckdb.connect() as connection:
        connection.execute(f"set temp_directory = '{_quoted(settings.warehouse.parent / 'spill')}'")
        for name, release in (("before", before), ("now", later)):
            if settings.is_lake:
                attach_snapshot(connection, settings, snapshots[release], name)
            else:
                path = settings.serve / "releases" / release / "warehouse.duckdb"
                connection.execute(f"attach '{_quoted(path)}' as {name} (read_only)")
        return later, compare_databases(connection, keys)


def compare_databases(connection: duckdb.DuckDBPyConnection, keys: Mapping[str, Sequence[str]]) -> list[MartDiff]:
    """How the marts of the attached databases `before` and `now` differ."""
    tables = {name: [table for (table,) in connection.execute(TABLES, [name]).fetchall()] for name in ("before", "now")}
    return [
        _compare_mart(connection, mart, keys.get(mart, ()), {name for name in tables if mart in tables[name]})
        for mart in sorted({*tables["before"], *tables["now"]})
    ]


def _compare_mart(
    connection: duckdb.DuckDBPyConnection, mart: str, key: Sequence[str], databases: set[str]
) -> MartDiff:
    if len(databases) == 1:
        (name,) = databases
        ((rows,),) = connection.execute(f'select count(*) from {name}.marts."{mart}"').fetchall()
        return MartDiff(mart, rows, 0, 0, rows, 0) if name == "before" else MartDiff(mart, 0, rows, rows, 0, 0)
    before, now = (dict(connection.execute(COLUMNS, [name, mart]).fetchall()) for name in ("before", "now"))
    common = [column for column in before if column in now]
    if not set(key) <= set(common):
        key = ()
    shown = ", ".join(
        f'round("{column}", {DIGITS}) as "{column}"' if "DOUBLE" in (before[column], now[column]) else f'"{column}"'
        for column in common
    )
    same_key = " and ".join(f'came."{column}" is not distinct from gone."{column}"' for column in key) or "false"
    ((rows_before, rows_now, removed, added, changed),) = connection.execute(
        f"""
        with
        before_rows as (select {shown} from before.marts."{mart}"),
        now_rows as (select {shown} from now.marts."{mart}"),
        gone as materialized (select * from before_rows except all select * from now_rows),
        came as materialized (select * from now_rows except all select * from before_rows)
        select
            (select count(*) from before_rows),
            (select count(*) from now_rows),
            (select count(*) from gone),
            (select count(*) from came),
            (select count(*) from gone where exists (select 1 from came where {same_key}))
        """
    ).fetchall()
    columns = [f"-{column}" for column in before if column not in now]
    columns += [f"+{column}" for column in now if column not in before]
    return MartDiff(mart, rows_before, rows_now, added - changed, removed - changed, changed, tuple(columns))


def _released(settings: Settings) -> list[str]:
    """The releases whose files are there, the oldest first."""
    return sorted(path.parent.name for path in (settings.serve / "releases").glob("[0-9]*/warehouse.duckdb"))


def _unknown(settings: Settings, release: str, known: Sequence[str]) -> str:
    if not release:
        return f"name a release: make diff RELEASE={known[-1]}; there are {', '.join(known[-10:])}"
    words = (
        "the lake has recorded no such release"
        if settings.is_lake
        else ("its files are no longer there; with the target ducklake (docs/engines.md) every release can be compared")
    )
    return f"{release}: {words}. These can be compared: {', '.join(known[-10:])}"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
