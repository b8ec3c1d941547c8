"""The warehouse of the target in DuckDB, to copy the marts from."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import duckdb

from orchestration.config.settings import Settings
from orchestration.ingest.validation import literal
from orchestration.lake.connect import attach_snapshot, prepare
from orchestration.transform.spark_tables import connect, files_of


@contextmanager
def attached_marts(connection: duckdb.DuckDBPyConnection, settings: Settings, snapshot: int | None) -> Iterator[None]:
    """Schema `marts` of database `warehouse`, which is the name that views inside the file were written with."""
    if settings.is_lake:
        assert snapshot is not None
        attach_snapshot(connection, settings, snapshot)
        yield
    elif settings.is_spark:
        with ExitStack() as copies:
            connection.execute("attach ':memory:' as warehouse")
            connection.execute("create schema warehouse.marts")
            query = copies.enter_context(connect(settings))
            for _, table, *_ in query("show tables in marts"):
                files = copies.enter_context(files_of(query, f"marts.{table}"))
                if files.startswith("s3:"):
                    prepare(connection, files)
                connection.execute(f'create view warehouse.marts."{table}" as from read_parquet({literal(files)})')
            yield
    else:
        connection.execute(f"attach {literal(str(settings.warehouse))} as warehouse (read_only)")
        yield
