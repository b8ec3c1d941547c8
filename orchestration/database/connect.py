"""The warehouse as a database attached to DuckDB, whichever target built it."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from orchestration.config.settings import SERVERS, Settings
from orchestration.database.extensions import WarehouseError, prepare
from orchestration.ingest.validation import literal

# The database as views in it name it.
NAME = "warehouse"


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the warehouse as database `warehouse`. Raises WarehouseError."""
    with duckdb.connect() as connection:
        _attach(connection, settings, NAME)
        yield connection


def attach(
    connection: duckdb.DuckDBPyConnection, settings: Settings, snapshot: int | None = None, name: str = NAME
) -> None:
    """Attach the warehouse to read from; a lake as it was at a snapshot, which nobody can change.

    Raises WarehouseError.
    """
    _attach(connection, settings, name, "read_only" if snapshot is None else f"snapshot_version {snapshot}")


def current_snapshot(settings: Settings) -> int | None:
    """The newest state of a lake; none where there are no snapshots. Raises WarehouseError."""
    if not settings.is_lake:
        return None
    with open_warehouse(settings) as connection:
        ((snapshot,),) = connection.execute(f"from {NAME}.current_snapshot()").fetchall()
    return int(snapshot)


def _attach(connection: duckdb.DuckDBPyConnection, settings: Settings, name: str, option: str = "") -> None:
    server = settings.server
    if server:
        prepare(connection, settings.lake_data if settings.is_lake else None)
    address = f"ducklake:postgres:{server}" if settings.is_lake else server or str(settings.warehouse)
    options = ", ".join(filter(None, ("type postgres" if server and not settings.is_lake else "", option)))
    try:
        connection.execute(f"attach {literal(address)} as {name} {f'({options})' if options else ''}")
    except duckdb.Error as error:
        # It repeats the password.
        reason = str(error).replace(server, SERVERS[settings.target]) if server else str(error)
        raise WarehouseError(f"the warehouse cannot be opened: {reason}") from None
