"""The targets of dbt that must give what a DuckDB file gives, and what each of them needs to run.

To add one: a context manager that starts its servers and gives the environment of a state folder.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration.config.settings import Settings, read_settings
from orchestration.transform.spark_adapter import register
from tests.fakes import postgres

if TYPE_CHECKING:
    from tests.engines.spark_cluster import SparkCluster

# Compiling costs more than it saves: statements are many and tables small.
FOR_FEW_ROWS = {
    "spark_driver_extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark_executor_extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark_sql_codegen_wholeStage": "false",
    "spark_sql_codegen_factoryMode": "NO_CODEGEN",
}

Environment = Callable[[Path], dict[str, str]]


@dataclass(frozen=True)
class Target:
    """A target that runs."""

    name: str
    environment: Environment
    # Of Spark.
    cluster: "SparkCluster | None" = None

    def settings(self, home: Path) -> Settings:
        return read_settings(self.environment(home))


@contextmanager
def ducklake() -> Iterator[Target]:
    """A lake of its own for each state folder, on one server."""
    pytest.importorskip("duckdb_extensions", reason="make test-engines installs it")
    catalogs: dict[Path, str] = {}
    numbers = itertools.count()
    with postgres.server() as server:

        def environment(home: Path) -> dict[str, str]:
            if home not in catalogs:
                database = postgres.new_database(server, f"lake_{next(numbers)}")
                catalogs[home] = " ".join(f"{name}={value}" for name, value in database.items())
            return {"LSW_HOME": str(home), "LSW_TARGET": "ducklake", "LSW_LAKE_CATALOG": catalogs[home]}

        yield Target("ducklake", environment)


def duckdb_file() -> Target:
    """What the others are compared with."""
    return Target("duckdb", lambda home: {"LSW_HOME": str(home), "LSW_TARGET": "duckdb"})


@contextmanager
def spark() -> Iterator[Target]:
    """A cluster; its tables are of one state folder."""
    pytest.importorskip("pyspark", reason="make test-engines installs it")
    # Imports pyspark.
    from tests.engines.spark_cluster import spark_cluster

    register()
    with tempfile.TemporaryDirectory() as folder, spark_cluster(Path(folder), **FOR_FEW_ROWS) as cluster:

        def environment(home: Path) -> dict[str, str]:
            return {"LSW_HOME": str(home), "LSW_TARGET": "spark", "LSW_SPARK_PORT": str(cluster.thrift_port)}

        yield Target("spark", environment, cluster)


TARGETS: dict[str, Callable[[], AbstractContextManager[Target]]] = {"ducklake": ducklake, "spark": spark}
