"""A history with late, corrected, deleted and merged records of all feeds gives the same marts on every target."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from orchestration.lake.connect import open_lake
from orchestration.release.publish import Release
from orchestration.transform import spark_tables
from tests.end_to_end import random_feeds
from tests.end_to_end.dbt_in_process import Warehouse
from tests.engines.builds import Build, differences, failures
from tests.engines.targets import Target, duckdb_file

# Of random_feeds: 178 records, then 60 more, which correct, delete, merge and come late.
HISTORY = random_feeds.history(5)
RUNS = 2
SECONDS_BEFORE_KILL = 40


@pytest.fixture(scope="module")
def builds(target: Target, tmp_path_factory: pytest.TempPathFactory) -> list[Build]:
    """On DuckDB and on the target, from the same raw files."""
    homes = [tmp_path_factory.mktemp(name) for name in ("duckdb", target.name)]
    (homes[1] / "raw").symlink_to(homes[0] / "raw")
    return [Build(one, home, HISTORY.dbt_vars) for one, home in zip((duckdb_file(), target), homes, strict=True)]


@pytest.fixture(scope="module")
def releases(builds: list[Build]) -> list[list[Release]]:
    """Of each run, those of both."""
    landing = Warehouse(builds[0].home, None, list(random_feeds.CONTRACTS.values()), {})
    released = []
    for run in range(RUNS):
        landing.load(run, HISTORY.runs[run])
        expected = builds[0].run(random_feeds.as_of(run))
        with a_worker_killed(builds[1].target) if run else nullcontext():
            released.append([expected, builds[1].run(random_feeds.as_of(run))])
    return released


@contextmanager
def a_worker_killed(target: Target) -> Iterator[None]:
    """In the middle of what a cluster does meanwhile; SIGKILL of it and of its tasks."""
    timer = threading.Timer(SECONDS_BEFORE_KILL, lambda: target.cluster and target.cluster.kill("worker-1"))
    timer.start()
    yield
    timer.join()


@pytest.mark.parametrize("run", range(RUNS))
def test_every_mart_is_what_duckdb_gives(run: int, releases: list[list[Release]]):
    expected, found = releases[run]
    assert len(expected.rows) > 70
    assert expected.rows["fct_attribution"] > 0
    assert differences(expected.path, found.path) == {}


def test_the_second_run_was_incremental(builds: list[Build], releases: list[list[Release]]):
    settings = builds[1].settings
    with open_lake(settings) if settings.is_lake else spark_tables.connect(settings) as connection:
        query = connection if settings.is_spark else lambda statement: connection.execute(statement).fetchall()
        assert query("select is_incremental_run from run_state.runs") == [(True,)]


def test_both_workers_did_tasks_and_one_was_killed(target: Target, releases: list[list[Release]]):
    if not target.cluster:
        pytest.skip("Has no workers.")
    assert target.cluster.processes["worker-1"].poll() == -signal.SIGKILL
    # An executor for each worker, as Spark's UI counts them.
    assert sum(tasks > 100 for tasks in target.cluster.tasks_by_host().values()) == 2


def test_a_row_that_breaks_a_contract_fails_the_build(builds: list[Build], releases: list[list[Release]]):
    """A lake has no keys: the build looks for such rows itself."""
    found = builds[1]
    if not found.settings.is_lake:
        pytest.skip("The database keeps its keys.")
    with open_lake(found.settings) as connection:
        connection.execute("use warehouse")
        connection.execute("insert into seeds.source_catalogue from seeds.source_catalogue where source = 'webinar'")
        rows = connection.execute("select count(*) from marts.dim_sources").fetchall()
    done = found.invoke("run", random_feeds.as_of(RUNS), "--select", "dim_sources")
    assert not done.success
    assert "dim_sources breaks its contract: rows of one source" in failures(done)[0]
    with open_lake(found.settings) as connection:
        assert connection.execute("select count(*) from warehouse.marts.dim_sources").fetchall() == rows
