"""One build at a time of a warehouse that several machines reach."""

import socket
from os import getpid
from typing import Any

import psycopg

from orchestration.database.extensions import WarehouseError

# Of PostgreSQL's advisory locks in the warehouse's database, the one that a build holds.
BUILD_LOCK = 7_276_001
_build_locks: dict[str, psycopg.Connection[Any]] = {}


def hold_build_lock(server: str) -> None:
    """Be the only process that builds the warehouse, until this one ends. Raises WarehouseError where another does.

    A second build would not wait: models of both in turn would make a warehouse that is neither's. `server` is the
    PostgreSQL database that has the tables or the lake's catalog; a DuckDB file has none, and its own lock.
    """
    if not server or server in _build_locks:
        return
    name = f"process {getpid()} on {socket.gethostname()}"
    try:
        connection = psycopg.connect(server, autocommit=True, application_name=name)
    except psycopg.Error as error:
        raise WarehouseError(f"the warehouse's database cannot be opened: {error}") from error
    if not _fetch(connection, "select pg_try_advisory_lock(%s)", BUILD_LOCK):
        holder = _fetch(
            connection,
            "select application_name || ', since ' || date_trunc('second', backend_start at time zone 'UTC')"
            " from pg_locks inner join pg_stat_activity using (pid)"
            " where locktype = 'advisory' and objid = %s and granted and datname = current_database()",
            BUILD_LOCK,
        )
        connection.close()
        raise WarehouseError(
            f"another run builds the warehouse ({holder or 'of another database user'}); run again when it has ended"
        )
    _build_locks[server] = connection


def _fetch(connection: psycopg.Connection[Any], query: Any, value: int) -> Any:
    row = connection.execute(query, [value]).fetchone()
    return row[0] if row else None
