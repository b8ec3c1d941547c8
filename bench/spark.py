"""Time, memory and shuffles of attribution on a Spark cluster of this machine, by size and number of workers.

    python -m bench.spark [--touches 1000000 10000000] [--workers 1 2] [--repeat 1] [--home /tmp/bench-home] [--write]

The same models as in bench/attribution.py, beside the same SQL by hand, on the same engine. A worker has one core and
1 GB. `--write` updates the section `spark` of bench/results.json. Needs Java and requirements-cluster.lock.
"""

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyhive import hive

from bench import credits
from bench.attribution import generate, measure, medians
from bench.report import machine
from bench.scenarios import Figures
from bench.spark_report import growth, show, write
from bench.spark_stages import figures_of, new_stages, tables_of
from orchestration.config.settings import Settings
from orchestration.transform.transpile import transpile
from tests.engines.spark_cluster import SparkCluster, spark_cluster

WORKER_MEMORY = "1g"
# AQE joins small partitions. Spark's UI keeps every stage, from which the volumes are read.
SPARK = {
    "spark_sql_shuffle_partitions": "16",
    "spark_ui_retainedStages": "100000",
    "spark_ui_retainedJobs": "100000",
    "spark_sql_ui_retainedExecutions": "10",
}


def measure_cluster(home: Path, touches: int, workers: int) -> tuple[dict[str, Figures], dict[str, Figures]]:
    """Figures of all scenarios on a new cluster, and of the tables that the full refresh writes."""
    folder = home / "spark"
    shutil.rmtree(folder, ignore_errors=True)
    with spark_cluster(folder, workers, memory=WORKER_MEMORY, **SPARK) as cluster:
        os.environ.update(LSW_TARGET="spark", LSW_SPARK_PORT=str(cluster.thrift_port))
        results: dict[str, Figures] = {}
        tables: dict[str, Figures] = {}
        seen: set[int] = set()
        for scenario, run in {**DBT, **BY_HAND}.items():
            print(f"{workers} workers, {touches:,} {scenario} ...", file=sys.stderr, flush=True)
            figures = run(home, touches, cluster)
            stages = new_stages(cluster, seen)
            results[scenario] = figures | figures_of(stages)
            print(f"    {results[scenario]}", file=sys.stderr, flush=True)
            tables = tables or tables_of(stages)
        results["full_refresh"]["cluster_peak_mb"] = cluster.peak_mb()
    shutil.rmtree(folder)
    return results, tables


def by_dbt(scenario: str) -> Callable[[Path, int, SparkCluster], Figures]:
    """A scenario of bench/scenarios.py, in its own process."""
    return lambda home, touches, cluster: measure(scenario, home, touches)


def sort_and_write(home: Path, touches: int, cluster: SparkCluster) -> Figures:
    """Spark reads the same sessions, sorts them by person and writes them."""
    return by_hand(
        cluster, "sorted", "select * from raw.standard__web_sessions__files order by anonymous_id, started_at"
    )


def credits_sql(home: Path, touches: int, cluster: SparkCluster) -> Figures:
    """The query of bench/credits.py, transpiled, and how far its credits are from the fact's."""
    query = credits.sql(Settings(home), "intermediate", "conversion_id")
    figures = by_hand(cluster, "credits", query)
    difference = credits.difference(
        lambda text: fetch(cluster, transpile(text, "spark")), Settings(home), "bench.credits", "marts.fct_attribution"
    )
    return figures | {"credit_difference": difference}


DBT = {scenario: by_dbt(scenario) for scenario in ("full_refresh", "incremental_run", "credits_step")}
BY_HAND = {"sort_and_write": sort_and_write, "credits_sql": credits_sql}


def by_hand(cluster: SparkCluster, table: str, query: str) -> Figures:
    """Seconds that Spark takes to write a query's rows."""
    fetch(cluster, "create schema if not exists bench")
    fetch(cluster, f"drop table if exists bench.{table}")
    start = time.perf_counter()
    fetch(cluster, f"create table bench.{table} using parquet as {transpile(query, 'spark')}")
    return {"seconds": round(time.perf_counter() - start, 2)}


def fetch(cluster: SparkCluster, statement: str) -> list[Any]:
    """Rows of a statement, through the Thrift server."""
    with contextlib.closing(hive.connect("127.0.0.1", cluster.thrift_port)) as connection:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--home", type=Path, help="a folder that keeps the generated companies")
    parser.add_argument("--write", action="store_true", help="update bench/results.json")
    arguments = parser.parse_args()
    facts = machine()
    results: dict[int, dict[int, dict[str, Figures]]] = {workers: {} for workers in sorted(arguments.workers)}
    tables: dict[int, dict[str, Figures]] = {}
    with contextlib.ExitStack() as stack:
        home = arguments.home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for touches in sorted(arguments.touches):
            folder = home.absolute() / str(touches)
            generate(folder, touches)
            for workers, sizes in results.items():
                runs = [measure_cluster(folder, touches, workers) for _ in range(arguments.repeat)]
                sizes[touches] = {scenario: medians([run[scenario] for run, _ in runs]) for scenario in runs[0][0]}
                tables[touches] = runs[-1][1]
            if arguments.write:
                write(facts, results, tables)
    show(results, tables, growth(results))


if __name__ == "__main__":
    main()
