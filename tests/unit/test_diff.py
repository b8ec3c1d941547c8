"""`make diff` on the files of releases; tests/engines/ has those of a lake."""

from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration.cli.diff import show
from orchestration.config.settings import Settings
from orchestration.release.diff import MartDiff, UnknownReleaseError, compare, mart_keys
from orchestration.release.publish import publish


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "warehouse").mkdir()
    return Settings(home=tmp_path)


def release(settings: Settings, statements: str) -> str:
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(f"create schema if not exists marts; {statements}")
    return publish(settings).path.name


def test_rows_are_added_removed_and_changed(settings: Settings):
    before = release(
        settings,
        "create table marts.fct_leads as select i, null as team, i / 3 as share from range(10) t(i);"
        " create table marts.same as select 1 as i; create table marts.fct_days as select 1 as day",
    )
    now = release(
        settings,
        "update marts.fct_leads set share = share + 1e-12; update marts.fct_leads set share = 7 where i < 2;"
        " delete from marts.fct_leads where i = 9; insert into marts.fct_leads values (10, null, 0), (11, null, 0);"
        " alter table marts.fct_days rename day to date",
    )
    keys = {"fct_leads": ["i", "team"], "fct_days": ["day"]}
    changes = [
        MartDiff("fct_days", 1, 1, 1, 1, 0, ("-day", "+date")),
        MartDiff("fct_leads", 10, 11, 2, 1, 2),
        MartDiff("same", 1, 1, 0, 0, 0),
    ]
    assert compare(settings, keys, before) == (now, changes)
    assert all(mart.is_same for mart in compare(settings, keys, before, before)[1])


def test_marts_that_differ_are_listed_and_the_others_counted():
    console = Console(width=100, record=True)
    show([MartDiff("fct_leads", 1000, 1001, 2, 1, 3), MartDiff("same", 1, 1, 0, 0, 0)], console)
    lines = [line.split() for line in console.export_text().splitlines()]
    assert lines[1:] == [["fct_leads", "1,000", "1,001", "2", "1", "3"], ["1", "marts", "are", "the", "same."]]


def test_a_release_whose_files_are_gone_needs_the_lake(settings: Settings):
    names = [release(settings, f"create or replace table marts.fct_leads as select {run} as i") for run in range(5)]
    with pytest.raises(UnknownReleaseError, match=f"{names[0]}: .*ducklake.*{names[2]}, {names[3]}, {names[4]}$"):
        compare(settings, {}, names[0])
    with pytest.raises(UnknownReleaseError, match=f"name a release.*{names[2]}, {names[3]}, {names[4]}$"):
        compare(settings, {}, "")


def test_nothing_is_compared_before_the_first_release(settings: Settings):
    with pytest.raises(UnknownReleaseError, match="make nightly"):
        compare(settings, {}, "first")


def test_the_key_of_a_mart_is_its_primary_key_else_its_grain():
    def grain(model: str, **arguments: list[str]) -> dict[str, object]:
        return {"name": "grain", "attached_node": model, "test_metadata": {"name": "grain", "kwargs": arguments}}

    nodes = {
        "a": {"name": "fct_a", "constraints": [{"type": "unique", "columns": ["u"]}]},
        "b": {"name": "fct_b", "constraints": [{"type": "primary_key", "columns": ["b", "c"]}]},
        "grain_a": grain("a", columns=["a"], nullable=["n"]),
        "grain_b": grain("b", columns=["other"]),
    }
    assert mart_keys({"nodes": nodes}) == {"fct_a": ["a", "n"], "fct_b": ["b", "c"]}
