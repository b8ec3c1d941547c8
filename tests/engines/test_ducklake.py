"""What only a lake has: several processes at once, time travel, data on S3."""

import shutil
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.config.settings import Settings, read_settings
from orchestration.lake.connect import attach_snapshot, open_lake, prepare
from orchestration.lake.releases import recorded
from orchestration.release.diff import MartDiff, UnknownReleaseError, compare
from orchestration.release.publish import publish
from tests.end_to_end.nightly_runs import AS_OF, PROJECT_DIR, environment, land_company
from tests.engines.builds import Build, differences, failures
from tests.engines.targets import Target
from tests.fakes import s3

KEYS = {"fct_sources": ["source"]}
FIRST = """
    create schema marts;
    create table marts.fct_sources as
    select 'source ' || i as source, i as customers, i / 3 as share from range(100) as t(i);
    create table marts.fct_days as select 1 as day, 'a' as word;
    create table marts.fct_gone as select 1 as i;
    create view marts.fct_view as select source, customers from marts.fct_sources;
"""
SECOND = """
    delete from marts.fct_sources where customers < 3;
    update marts.fct_sources set customers = 1000 where customers < 10;
    update marts.fct_sources set share = share + 1e-12;
    insert into marts.fct_sources values ('new', 1, 0.5);
    alter table marts.fct_sources add column country varchar;
    insert into marts.fct_days values (1, 'a'), (2, 'b');
    drop table marts.fct_gone;
    create table marts.fct_came as select 2 as i;
"""
CHANGES = [
    MartDiff("fct_came", 0, 1, 1, 0, 0),
    MartDiff("fct_days", 1, 3, 2, 0, 0),
    MartDiff("fct_gone", 1, 0, 0, 1, 0),
    MartDiff("fct_sources", 100, 98, 1, 3, 7, ("+country",)),
    # Without a key, a changed row is a removed one and an added one.
    MartDiff("fct_view", 100, 98, 8, 10, 0),
]


def write(settings: Settings, statements: str) -> None:
    with duckdb.connect() as connection:
        prepare(connection, settings.lake_data)
        catalog = f"ducklake:postgres:{settings.lake_catalog}"
        connection.execute(f"attach '{catalog}' as warehouse (data_path '{settings.lake_data}')")
        connection.execute("use warehouse")
        connection.execute(statements)


def two_releases(settings: Settings) -> tuple[str, str]:
    write(settings, FIRST)
    first = publish(settings, "first")
    write(settings, SECOND)
    return first.path.name, publish(settings, "second").path.name


def test_a_release_is_compared_by_time_travel_after_its_files_are_gone(lakes: Target, tmp_path: Path):
    settings = lakes.settings(tmp_path)
    first, second = two_releases(settings)
    assert compare(settings, KEYS, first) == (second, CHANGES)
    shutil.rmtree(settings.serve)
    assert compare(settings, KEYS, first, second) == (second, CHANGES)
    assert [mart.is_same for mart in compare(settings, KEYS, second)[1]] == [True] * 4
    with pytest.raises(UnknownReleaseError, match=f"no such release.*{first}, {second}"):
        compare(settings, KEYS, "third")


def test_each_release_is_a_snapshot_of_the_lake(lakes: Target, tmp_path: Path):
    settings = lakes.settings(tmp_path)
    names = two_releases(settings)
    for name, rows in zip(names, (100, 98), strict=True):
        with duckdb.connect() as connection:
            attach_snapshot(connection, settings, recorded(settings)[name])
            (counted,) = connection.execute("select count(*) from warehouse.marts.fct_view").fetchall()
        assert counted == (rows,)


def test_data_lies_on_s3(lakes: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The marts, and what dbt writes."""
    with s3.server() as address:
        bucket = s3.client(address)
        bucket.create_bucket(Bucket="lake")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.KEYS["aws_access_key_id"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.KEYS["aws_secret_access_key"])
        monkeypatch.setenv("AWS_DEFAULT_REGION", s3.KEYS["region_name"])
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        on_s3 = Target("ducklake", lambda home: {**lakes.environment(home), "LSW_LAKE_DATA": "s3://lake/warehouse/"})
        build = Build(on_s3, tmp_path)
        done = build.invoke("seed", datetime(2026, 7, 1))
        assert done.success, failures(done)
        first, second = two_releases(build.settings)
        assert compare(build.settings, KEYS, first) == (second, CHANGES)
        keys = [one["Key"] for one in bucket.list_objects_v2(Bucket="lake")["Contents"]]
    assert any("/seeds/" in key for key in keys)
    assert any("/marts/" in key for key in keys)
    assert not (tmp_path / "lake").exists()


LATER = "2026-07-03"
# Marts that a day more changes.
STATE = " union all ".join(
    f"select '{mart}', count(*), sum(hash(rows_of::varchar)) from {{name}}.marts.{mart} as rows_of"
    for mart in ("dim_dates", "fct_leads", "check_results", "source_performance_monthly")
)


class Reader(threading.Thread):
    """Reads the newest release again and again: its file, and its snapshot of the lake."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(daemon=True)
        self.settings = settings
        self.stopped = threading.Event()
        self.errors: list[Exception] = []
        self.seen: dict[str, set[tuple]] = {"file": set(), "snapshot": set()}
        self.moved = 0
        self.reads = 0

    def run(self) -> None:
        while not self.stopped.wait(1):
            try:
                self.seen["file"].add(state_of_file(self.settings.published_warehouse.resolve()))
                *_, newest = recorded(self.settings).values()
                self.seen["snapshot"].add(state_of_snapshot(self.settings, newest))
                self.read_in_a_transaction()
                self.reads += 1
            except Exception as error:
                self.errors.append(error)

    def read_in_a_transaction(self) -> None:
        """Whatever is committed meanwhile, it is not seen."""
        with open_lake(self.settings) as connection:
            connection.execute("begin")
            first = connection.execute(STATE.format(name="warehouse")).fetchall()
            before = connection.execute("from warehouse.current_snapshot()").fetchall()
            self.stopped.wait(1)
            assert connection.execute(STATE.format(name="warehouse")).fetchall() == first
            with open_lake(self.settings) as other:
                self.moved += other.execute("from warehouse.current_snapshot()").fetchall() != before


def state_of_file(path: Path) -> tuple:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as release (read_only)")
        return tuple(connection.execute(STATE.format(name="release")).fetchall())


def state_of_snapshot(settings: Settings, snapshot: int) -> tuple:
    with duckdb.connect() as connection:
        attach_snapshot(connection, settings, snapshot)
        return tuple(connection.execute(STATE.format(name="warehouse")).fetchall())


def start(settings: Settings, as_of: str) -> subprocess.Popen[str]:
    with (settings.home / "output.txt").open("w") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli.nightly"],
            cwd=PROJECT_DIR,
            env={**environment(settings.home, as_of=as_of), **settings.environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )


def output_of(settings: Settings) -> str:
    return (settings.home / "output.txt").read_text()


def test_of_two_runs_at_once_one_wins_and_readers_see_whole_releases(lakes: Target, tmp_path: Path):
    shared = {**lakes.environment(tmp_path / "ann"), "LSW_LAKE_DATA": str(tmp_path / "data")}
    ann, bob = (read_settings({**shared, "LSW_HOME": str(tmp_path / name)}) for name in ("ann", "bob"))
    for settings in (ann, bob):
        land_company(settings.home)
    assert start(ann, AS_OF).wait() == 0, output_of(ann)
    first = state_of_file(ann.published_warehouse.resolve())

    reader = Reader(ann)
    reader.start()
    runs = [(settings, start(settings, LATER)) for settings in (ann, bob)]
    ended = {run.wait(): settings for settings, run in runs}
    processes = {run.wait(): run.pid for _, run in runs}
    reader.stopped.set()
    reader.join()
    assert sorted(ended) == [0, 1], output_of(ann) + output_of(bob)
    winner, loser = ended[0], ended[1]
    assert f"another run builds the lake (process {processes[0]} on " in output_of(loser)
    assert "Traceback" not in output_of(loser)

    second = state_of_file(winner.published_warehouse.resolve())
    assert first != second
    assert reader.errors == []
    assert reader.reads > 3
    # Else no transaction was open while the build wrote.
    assert reader.moved > 0
    assert reader.seen["file"] <= {first, second}
    assert first in reader.seen["snapshot"] <= {first, second}

    assert start(loser, LATER).wait() == 0, output_of(loser)
    assert differences(winner.serve / "current", loser.serve / "current") == {}
