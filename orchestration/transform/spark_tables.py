"""Tables of a Spark cluster as Parquet files, which DuckDB reads where they lie: on a shared disk or S3."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from typing import Any

from orchestration.config.settings import Settings

# Runs a statement on Spark and gives its rows.
Query = Callable[[str], Sequence[Sequence[Any]]]


class SparkError(RuntimeError):
    """The cluster cannot be used."""


@contextmanager
def files_of(query: Query, table: str) -> Iterator[str]:
    """The files of a table, as DuckDB's glob. Those of a view are of a copy that is dropped at the end."""
    described = _describe(query, table)
    copy = f"run_state.{table.replace('.', '__')}__copy" if described["Type"] == "VIEW" else None
    if copy:
        query(f"drop table if exists {copy}")
        query(f"create table {copy} using parquet as select * from {table}")
        described = _describe(query, copy)
    # file:/data and s3a://bucket are Hadoop's words.
    yield described["Location"].removeprefix("file:").replace("s3a://", "s3://", 1) + "/*.parquet"
    if copy:
        query(f"drop table {copy}")


def _describe(query: Query, table: str) -> dict[str, str]:
    # Columns come first; of the facts below them, none is called like one.
    return {name: value for name, value, _ in query(f"describe formatted {table}")}


@contextmanager
def connect(settings: Settings) -> Iterator[Query]:
    """Statements to the Thrift server. Raises SparkError."""
    try:
        hive = import_module("pyhive.hive")
        connection = hive.connect(settings.spark_host, settings.spark_port)
    except ImportError as error:
        raise SparkError(f"the target spark needs more packages ({error}): make setup LSW_TARGET=spark") from error
    except Exception as error:
        # Thrift has a class for each way to fail, and none in common.
        where = f"{settings.spark_host}:{settings.spark_port} (LSW_SPARK_HOST, LSW_SPARK_PORT)"
        raise SparkError(f"no Thrift server of Spark answers at {where}: {error}") from error
    with closing(connection), closing(connection.cursor()) as cursor:

        def query(statement: str) -> Sequence[Sequence[Any]]:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

        yield query
