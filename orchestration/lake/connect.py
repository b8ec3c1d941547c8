"""DuckDB with a DuckLake attached: tables are Parquet files on disk or S3, their catalog is a PostgreSQL database.

The extensions come from Python packages of one version with DuckDB; nothing is downloaded at run time.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from os import getpid
from typing import Any
from urllib.parse import urlsplit

import duckdb
import psycopg

from orchestration.config.settings import Settings
from orchestration.ingest.validation import literal

# The database as views in it name it.
NAME = "warehouse"
EXTENSIONS = ("ducklake", "postgres", "httpfs")
# Of PostgreSQL's advisory locks in the catalog's database, the one that a build holds.
BUILD_LOCK = 7_276_001
_build_locks: dict[str, psycopg.Connection[Any]] = {}


class LakeError(RuntimeError):
    """The lake cannot be used, or somebody else builds it."""


def prepare(connection: duckdb.DuckDBPyConnection, data_path: str) -> None:
    """Load the extensions, and the credentials of S3 where the data lies there. Raises LakeError."""
    try:
        import_extension = import_module("duckdb_extensions").import_extension
        for name in EXTENSIONS:
            import_extension(name, con=connection)
            connection.execute(f"load {name}")
    except ImportError as error:
        raise LakeError(f"the target ducklake needs more packages ({error}): make setup LSW_TARGET=ducklake") from error
    if data_path.startswith("s3:"):
        connection.execute(_s3_secret())


@contextmanager
def open_lake(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the lake as database `warehouse`. Raises LakeError."""
    with duckdb.connect() as connection:
        _attach(connection, settings, NAME)
        yield connection


def attach_snapshot(connection: duckdb.DuckDBPyConnection, settings: Settings, snapshot: int, name: str = NAME) -> None:
    """Attach the lake as it was at a snapshot, which nobody can change. Raises LakeError."""
    _attach(connection, settings, name, f"(snapshot_version {snapshot})")


def current_snapshot(settings: Settings) -> int:
    """The newest state of the lake. Raises LakeError."""
    with open_lake(settings) as connection:
        ((snapshot,),) = connection.execute(f"from {NAME}.current_snapshot()").fetchall()
    return snapshot


def hold_build_lock(catalog: str) -> None:
    """Be the only process that builds the lake, until this one ends. Raises LakeError where another does.

    A second build would not wait: models of both in turn would make a warehouse that is neither's.
    """
    if catalog in _build_locks:
        return
    name = f"process {getpid()} on {socket.gethostname()}"
    try:
        connection = psycopg.connect(catalog, autocommit=True, application_name=name)
    except psycopg.Error as error:
        raise LakeError(f"the lake's catalog cannot be opened: {error}") from error
    if not _fetch(connection, "select pg_try_advisory_lock(%s)", BUILD_LOCK):
        holder = _fetch(
            connection,
            "select application_name || ', since ' || date_trunc('second', backend_start at time zone 'UTC')"
            " from pg_locks inner join pg_stat_activity using (pid)"
            " where locktype = 'advisory' and objid = %s and granted and datname = current_database()",
            BUILD_LOCK,
        )
        connection.close()
        raise LakeError(
            f"another run builds the lake ({holder or 'of another database user'}); run again when it has ended"
        )
    _build_locks[catalog] = connection


def _attach(connection: duckdb.DuckDBPyConnection, settings: Settings, name: str, options: str = "") -> None:
    prepare(connection, settings.lake_data)
    try:
        connection.execute(f"attach {literal(f'ducklake:postgres:{settings.lake_catalog}')} as {name} {options}")
    except duckdb.Error as error:
        # It repeats the password.
        reason = str(error).replace(settings.lake_catalog, "LSW_LAKE_CATALOG")
        raise LakeError(f"the lake cannot be opened: {reason}") from None


def _fetch(connection: psycopg.Connection[Any], query: Any, value: int) -> Any:
    row = connection.execute(query, [value]).fetchone()
    return row[0] if row else None


def _s3_secret() -> str:
    """Credentials, region and endpoint as AWS's own tools find them: environment, profile or the machine's role."""
    from botocore.session import get_session

    session = get_session()
    found = session.get_credentials()
    if not found:
        raise LakeError("there are no credentials of S3: AWS_ACCESS_KEY_ID, or another place where AWS's tools look")
    keys = found.get_frozen_credentials()
    client = session.create_client("s3")
    endpoint = urlsplit(client.meta.endpoint_url)
    options = {
        "key_id": keys.access_key,
        "secret": keys.secret_key,
        "session_token": keys.token,
        "region": client.meta.region_name,
        "endpoint": endpoint.netloc,
        "url_style": "path",
        "use_ssl": str(endpoint.scheme == "https").lower(),
    }
    given = ", ".join(f"{name} {literal(value)}" for name, value in options.items() if value)
    return f"create or replace secret lake (type s3, {given})"
