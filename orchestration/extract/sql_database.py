"""Leads and deals of any SQL database, by a query per entity. Every load is a snapshot of all of them.

All queries of a load run in one transaction that sees one state of the database, and every row carries when that was.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import dlt
import pyarrow as pa
import sqlalchemy as sa
from dlt.common.configuration.specs import ConnectionStringCredentials

from orchestration.extract import Extractor
from orchestration.extract.pipeline import ExtractError, setting
from orchestration.ingest.contract import load_contracts

NAME = "sql_crm"
CREDENTIALS = setting(NAME, "credentials")
QUERIES = f"sources.{NAME}.queries"
# Columns that an entity cannot do without.
REQUIRED = {
    contract.entity: {column.name for column in contract.columns if column.required}
    for contract in load_contracts()
    if contract.feed == NAME
}
# Rows in memory at a time.
CHUNK_ROWS = 10_000


@dlt.source(name=NAME, section=NAME)
def sql_crm(
    credentials: ConnectionStringCredentials = dlt.secrets.value,
    queries: dict[str, str] = dlt.config.value,
    isolation_level: str = "REPEATABLE READ",
) -> Any:
    """A table per entity that `queries` names, with the columns of its query as text, and `snapshot_at`.

    `isolation_level` is the one by which the database shows a transaction one state of all tables; SQLite needs none.
    """
    _check_queries(queries)
    url = cast("sa.URL", credentials.to_url())
    return dlt.resource(_snapshot(url, queries, isolation_level), name="snapshot")


EXTRACTOR = Extractor(name=NAME, source=sql_crm, credential="credentials")


def _check_queries(queries: dict[str, str]) -> None:
    if not queries:
        raise ExtractError(f"{NAME}: there are no queries; give one for each entity you have in {QUERIES}")
    for entity, query in queries.items():
        if entity not in REQUIRED:
            raise ExtractError(f"{NAME}: {QUERIES}.{entity} is no entity; those are {', '.join(REQUIRED)}")
        if not isinstance(query, str) or not query.strip():
            raise ExtractError(f"{NAME}: {QUERIES}.{entity} must be a query, or the name of a table or view")


def _snapshot(url: sa.URL, queries: dict[str, str], isolation_level: str) -> Iterator[Any]:
    with _connect(url, isolation_level) as connection:
        snapshot_at = datetime.now(UTC).isoformat()
        for entity, query in queries.items():
            try:
                for table in _read(connection, entity, query, snapshot_at):
                    yield dlt.mark.with_table_name(table, entity)
            except sa.exc.SQLAlchemyError as error:
                raise ExtractError(f"{NAME}: {_sentence(error)}; look at {QUERIES}.{entity}") from error


def _connect(url: sa.URL, isolation_level: str) -> sa.Connection:
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and url.database and not Path(url.database).exists():
        # SQLite would make an empty one.
        raise ExtractError(f"{NAME}: there is no file {url.database}; look at {CREDENTIALS}")
    if "@" in (url.host or ""):
        # The driver would look for that host, and say so.
        raise ExtractError(f"{NAME}: in a password, write @ as %40, : as %3A and / as %2F; look at {CREDENTIALS}")
    options = {"stream_results": True, "max_row_buffer": CHUNK_ROWS, "no_parameters": True}
    try:
        connection = sa.create_engine(url, poolclass=sa.NullPool).connect().execution_options(**options)
        if is_sqlite:
            connection.exec_driver_sql("begin")
            return connection
        return connection.execution_options(isolation_level=isolation_level, postgresql_readonly=True)
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        raise ExtractError(f"{NAME}: {_sentence(error)}; look at {CREDENTIALS}") from error


def _read(connection: sa.Connection, entity: str, query: str, snapshot_at: str) -> Iterator[pa.Table]:
    result = connection.exec_driver_sql(_as_query(query))
    columns = [*(column.lower() for column in result.keys()), "snapshot_at"]  # noqa: SIM118
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise ExtractError(f"{NAME}: columns named twice: {', '.join(twice)}; look at {QUERIES}.{entity}")
    if lacking := sorted(REQUIRED[entity] - set(columns)):
        raise ExtractError(f"{NAME}: the query gives no {', '.join(lacking)}; look at {QUERIES}.{entity}")
    # The time in the file's head too: else two snapshots without rows were the same file, which is read once.
    schema = pa.schema([(column, pa.string()) for column in columns], metadata={"snapshot_at": snapshot_at})
    yield schema.empty_table()
    for rows in result.partitions(CHUNK_ROWS):
        texts = [pa.array(map(_text, values), pa.string()) for values in zip(*rows, strict=True)]
        yield pa.table([*texts, pa.repeat(snapshot_at, len(rows))], schema=schema)


def _as_query(query: str) -> str:
    """The query itself; a single word names a table or view."""
    query = query.strip().rstrip(";")
    return query if len(query.split()) > 1 else f"select * from {query}"


def _text(value: Any) -> str | None:
    """A value as the loader reads it: numbers with all their digits, moments in UTC."""
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
        case datetime():
            return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
        case dict() | list():
            return json.dumps(value, default=str)
        case bytes() | memoryview():
            return value.hex()
    return str(value)


def _sentence(error: Exception) -> str:
    """What the database, or its driver, says; no query, no password."""
    return " ".join(str(getattr(error, "orig", None) or error).split())
