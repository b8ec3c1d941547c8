"""Readers of `serve/current` never notice a release, nor the death of one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.release.publish import PublishError, TableComments, publish

# Two tables of one release hold the same version; a reader who sees two different ones saw a half state.
READER = """
import sys, pathlib, duckdb
path, stop = sys.argv[1], pathlib.Path(sys.argv[2])
reads = 0
while not stop.exists():
    connection = duckdb.connect(path, read_only=True)
    left = connection.sql("select max(version) from marts.fct_left").fetchone()
    right = connection.sql("select max(version) from marts.fct_right").fetchone()
    connection.close()
    assert left == right, (left, right)
    reads += 1
print(reads)
"""
PUBLISHER = """
import pathlib, sys
from orchestration.release.publish import publish
from orchestration.config.settings import Settings
settings = Settings(home=pathlib.Path(sys.argv[1]))
while True:
    publish(settings)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def build_warehouse(settings: Settings, version: int, rows: int = 1000) -> None:
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema if not exists marts; create schema if not exists intermediate")
        connection.execute(f"create or replace table intermediate.hidden as select {version} as version")
        connection.execute(
            f"create or replace table marts.fct_left as select {version} as version, i from range({rows}) t(i)"
        )
        connection.execute("create or replace view marts.fct_right as select * from warehouse.intermediate.hidden")


def read(settings: Settings, query: str) -> list[tuple]:
    with duckdb.connect(str(settings.published_warehouse), read_only=True) as connection:
        return connection.sql(query).fetchall()


def release_names(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.serve / "releases").iterdir())


def test_a_release_holds_the_marts_and_nothing_else(settings: Settings):
    build_warehouse(settings, version=7)
    release = publish(settings, "run")
    assert dict(release.rows) == {"fct_left": 1000, "fct_right": 1}
    tables = read(settings, "select schema_name, table_name from duckdb_tables() order by all")
    assert tables == [("marts", "fct_left"), ("marts", "fct_right")]
    parquet = settings.serve / "current" / "parquet" / "fct_right.parquet"
    assert duckdb.sql(f"select version from '{parquet}'").fetchall() == [(7,)]


def test_a_release_is_read_only_and_its_storage_old_enough_for_every_client(settings: Settings):
    build_warehouse(settings, version=1)
    release = publish(settings)
    files = [path for path in release.path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o444}
    # The header of a DuckDB file: checksum, the letters DUCK, then the version of the storage.
    assert (release.path / "warehouse.duckdb").read_bytes()[8:20] == b"DUCK" + (64).to_bytes(8, "little")


def test_current_is_a_relative_directory_link(settings: Settings):
    build_warehouse(settings, version=1)
    publish(settings)
    assert (settings.serve / "current").readlink() == Path("releases") / release_names(settings)[-1]


def test_comments_go_out_with_the_tables(settings: Settings):
    build_warehouse(settings, version=1)
    comments = {"fct_left": TableComments("It's one row per i.", {"i": "The i.", "gone": "Not a column any more."})}
    publish(settings, comments=comments)
    assert read(settings, "select comment from duckdb_tables() where table_name = 'fct_left'") == [
        ("It's one row per i.",)
    ]
    assert read(settings, "select comment from duckdb_columns() where column_name = 'i'") == [("The i.",)]


def test_three_releases_are_kept_and_leftovers_go(settings: Settings):
    build_warehouse(settings, version=1)
    leftover = settings.serve / "releases" / ".building-dead"
    leftover.mkdir(parents=True)
    for run in range(5):
        publish(settings, f"run{run}")
    assert [name.rsplit("-", 1)[-1] for name in release_names(settings)] == ["run2", "run3", "run4"]
    assert not leftover.exists()


def test_without_marts_the_previous_release_stays(settings: Settings):
    build_warehouse(settings, version=1)
    publish(settings)
    settings.warehouse.unlink()
    duckdb.connect(str(settings.warehouse)).close()
    with pytest.raises(PublishError):
        publish(settings)
    assert read(settings, "select max(version) from marts.fct_left") == [(1,)]


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_DIR)}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_reader_sees_no_error_and_no_half_state_during_twenty_releases(settings: Settings, tmp_path: Path):
    build_warehouse(settings, version=0)
    publish(settings)
    reader = start(READER, settings.published_warehouse, tmp_path / "stop")
    for version in range(1, 21):
        build_warehouse(settings, version)
        publish(settings)
    (tmp_path / "stop").touch()
    output, errors = reader.communicate(timeout=60)
    assert reader.returncode == 0, errors
    assert int(output) > 0


def is_copying(settings: Settings) -> bool:
    return any((settings.serve / "releases").glob(".building-*/warehouse.duckdb"))


def is_exporting(settings: Settings) -> bool:
    return any((settings.serve / "releases").glob(".building-*/parquet/*.parquet"))


@pytest.mark.parametrize("moment", [is_copying, is_exporting])
def test_a_release_killed_midway_leaves_the_previous_one(settings: Settings, moment: Callable[[Settings], bool]):
    build_warehouse(settings, version=1, rows=10)
    publish(settings)
    build_warehouse(settings, version=2, rows=3_000_000)
    publisher = start(PUBLISHER, settings.home)
    deadline = time.monotonic() + 60
    while not moment(settings):
        assert publisher.poll() is None, publisher.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.001)
    publisher.send_signal(signal.SIGKILL)
    publisher.wait()
    assert is_copying(settings), "the release was over before it could be killed"
    left, right = read(
        settings, "select max(version) from marts.fct_left union all select max(version) from marts.fct_right"
    )
    assert left == right
    publish(settings)
    assert read(settings, "select max(version), count(*) from marts.fct_left") == [(2, 3_000_000)]
    assert not is_copying(settings)
