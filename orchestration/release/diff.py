"""What changed in the marts between two releases: rows added, removed and changed.

A lake has every release that it recorded, by time travel; else the files of both must be there still.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.config.settings import Settings
from orchestration.database.connect import attach
from orchestration.database.releases import recorded
from orchestration.ingest.validation import literal

# Sums of doubles differ behind it with the order of their rows.
DIGITS = 9
COLUMNS = (
    "select table_name, column_name, data_type from information_schema.columns"
    " where table_catalog = ? and table_schema = 'marts' order by table_name, ordinal_position"
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

    Raises UnknownReleaseError, WarehouseError.
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
        connection.execute(f"set temp_directory = {literal(str(settings.warehouse.parent / 'spill'))}")
        for name, release in (("before", before), ("now", later)):
            if settings.is_lake:
                attach(connection, settings, snapshots[release], name)
            else:
                path = settings.serve / "releases" / release / "warehouse.duckdb"
                connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
        return later, compare_databases(connection, keys)


def compare_databases(connection: duckdb.DuckDBPyConnection, keys: Mapping[str, Sequence[str]]) -> list[MartDiff]:
    """How the marts of the attached databases `before` and `now` differ."""
    before, now = (_columns(connection, name) for name in ("before", "now"))
    return [
        _compare_mart(connection, mart, keys.get(mart, ()), before.get(mart, {}), now.get(mart, {}))
        for mart in sorted({*before, *now})
    ]


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    """Types by mart and column."""
    marts: dict[str, dict[str, str]] = {}
    for mart, column, data_type in connection.execute(COLUMNS, [database]).fetchall():
        marts.setdefault(mart, {})[column] = data_type
    return marts


def _compare_mart(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    key: Sequence[str],
    before: Mapping[str, str],
    now: Mapping[str, str],
) -> MartDiff:
    common = [column for column in before if column in now]
    rows_before = _count(connection, "before", mart) if before else 0
    rows_now = _count(connection, "now", mart) if now else 0
    columns = [f"-{column}" for column in before if now and column not in now]
    columns += [f"+{column}" for column in now if before and column not in before]
    if not common:
        return MartDiff(mart, rows_before, rows_now, rows_now, rows_before, 0, tuple(columns))
    shown = ", ".join(
        f'round("{column}", {DIGITS}) as "{column}"' if "DOUBLE" in (before[column], now[column]) else f'"{column}"'
        for column in common
    )
    has_key = key and set(key) <= set(common)
    same_key = " and ".join(f'came."{column}" is not distinct from gone."{column}"' for column in key)
    ((removed, added, changed),) = connection.execute(
        f"""
        with
        before_rows as (select {shown} from before.marts."{mart}"),
        now_rows as (select {shown} from now.marts."{mart}"),
        gone as materialized (select * from before_rows except all select * from now_rows),
        came as materialized (select * from now_rows except all select * from before_rows)
        select
            (select count(*) from gone),
            (select count(*) from came),
            (select count(*) from gone where exists (select 1 from came where {same_key if has_key else "false"}))
        """
    ).fetchall()
    return MartDiff(mart, rows_before, rows_now, added - changed, removed - changed, changed, tuple(columns))


def _count(connection: duckdb.DuckDBPyConnection, database: str, mart: str) -> int:
    ((rows,),) = connection.execute(f'select count(*) from {database}.marts."{mart}"').fetchall()
    return rows


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
