"""The targets of dbt that must give what a DuckDB file gives, and what each of them needs to run.

To add one: a context manager that starts its servers and gives the environment of a state folder.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration.config.settings import SERVERS, Settings, read_settings
from orchestration.transform.spark_adapter import register
from tests.fakes import postgres

if TYPE_CHECKING:
    from tests.engines.spark_cluster import SparkCluster

# Statements are many and tables small: neither compiling them nor a catalog on disk pays, nor plans drawn in full.
FOR_FEW_ROWS = {
    "spark_driver_extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark_executor_extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark_sql_codegen_wholeStage": "false",
    "spark_sql_codegen_factoryMode": "NO_CODEGEN",
    "spark_sql_catalogImplementation": "in-memory",
    "spark_sql_constraintPropagation_enabled": "false",
    "spark_sql_maxPlanStringLength": "1000",
    "spark_sql_ui_explainMode": "simple",
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
def in_postgres(name: str) -> Iterator[Target]:
    """A target that needs a PostgreSQL database, of its own for each state folder, on one server."""
    pytest.importorskip("duckdb_extensions", reason="make test-engines installs it")
    databases: dict[Path, str] = {}
    numbers = itertools.count()
    with postgres.server() as server:

        def environment(home: Path) -> dict[str, str]:
            if home not in databases:
                database = postgres.new_database(server, f"{name}_{next(numbers)}")
                databases[home] = " ".join(f"{key}={value}" for key, value in database.items())
            return {"LSW_HOME": str(home), "LSW_TARGET": name, SERVERS[name]: databases[home]}

        yield Target(name, environment)


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


TARGETS: dict[str, Callable[[], AbstractContextManager[Target]]] = {
    **{name: partial(in_postgres, name) for name in SERVERS},
    "spark": spark,
}
