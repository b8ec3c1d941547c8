"""What only a lake has: time travel, and data on S3."""

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.config.settings import Settings
from orchestration.database.connect import attach
from orchestration.database.extensions import prepare
from orchestration.database.releases import recorded
from orchestration.release.diff import MartDiff, UnknownReleaseError, compare
from orchestration.release.publish import publish
from tests.engines.builds import Build, failures
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
        catalog = f"ducklake:postgres:{settings.server}"
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
            attach(connection, settings, recorded(settings)[name])
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
