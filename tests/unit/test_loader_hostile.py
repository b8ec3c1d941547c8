"""Names, links and contents that would make one file read another's rows, or stop the load."""

import json
import os
from pathlib import Path

import duckdb
import pytest
from loader_helpers import EVENTS, World, csv_of, event

from orchestration.ingest import loader


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


PATTERNS = [
    "a[1].csv",
    "a?.csv",
    "a*.csv",
    "**.csv",
    "[!b].csv",
    "{a,b}.csv",
    "-a.csv",
    "~.csv",
    "a=1.csv",
    "a'b\n%.csv",
]


@pytest.mark.parametrize("name", PATTERNS)
def test_a_file_name_is_no_pattern(world: World, name: str) -> None:
    world.drop("a1.csv", csv_of(event(1), event(2)))
    world.drop(name, csv_of(event(3)))
    world.load()
    assert {row["event_id"]: row["_file"].removeprefix("standard/web_events/") for row in world.raw()} == {
        "1": "a1.csv",
        "2": "a1.csv",
        "3": name,
    }


def test_a_state_folder_is_no_pattern(tmp_path: Path) -> None:
    for folder, name in {"a1bc": "neighbour.csv", "a[1]*?": "own.csv"}.items():
        world = World(tmp_path / folder)
        world.drop(name, csv_of(event(2), event(3, occurred_at="x"), event(2)))
        world.drop("b.jsonl", '{"Event_id": 4, "occurred_at": "x"}')
        report = world.load()
    assert world.raw_ids() == ["2", "2"]
    assert [(file.rsplit("/")[-1], line) for file, line, _ in report.reasons] == [("b.jsonl", 1), ("own.csv", 3)]
    assert max(entry["rows_superseded"] for entry in world.ledger()) == 1


def test_a_name_that_is_not_utf_8_is_shown_with_its_bytes(world: World) -> None:
    world.drop("good.csv", csv_of(event(1)))
    path = os.fsencode(world.landing) + b"/caf\xe9.csv"
    Path(os.fsdecode(path)).write_text(csv_of(event(2)))
    world.load()
    assert sorted(row["_file"] for row in world.raw()) == [
        r"standard/web_events/caf\xe9.csv",
        "standard/web_events/good.csv",
    ]


def test_links_that_leave_landing_are_rejected_and_named(world: World) -> None:
    world.drop("good.csv", csv_of(event(1)))
    outside = world.home / "outside.csv"
    outside.write_text(csv_of(event(2)))
    links = {"out.csv": outside, "gone.csv": world.home / "none", "loop.csv": world.landing / "loop.csv"}
    for name, target in links.items():
        (world.landing / name).symlink_to(target)
    (world.landing / "near.csv").symlink_to(world.drop("other.csv", csv_of(event(3))))
    for _ in range(2):
        world.load()
        assert sorted(world.raw_ids()) == ["1", "3"]
        assert sorted(Path(row["file"]).name for row in world.rejected()) == sorted(links)
        assert all("link" in row["reasons"][0] for row in world.rejected())


def test_a_pipe_is_not_waited_for(world: World) -> None:
    world.drop("good.csv", csv_of(event(1)))
    os.mkfifo(world.landing / "pipe.csv")
    assert world.load().ignored == ["standard/web_events/pipe.csv"]
    assert world.raw_ids() == ["1"]


@pytest.mark.parametrize("name", ["deep.jsonl", "deep.csv"])
def test_a_deeply_nested_line_is_rejected_and_others_load(world: World, name: str) -> None:
    world.drop("good.csv", csv_of(event(1)))
    nested = '{"a":[' * 100_000 + "]}" * 100_000
    world.drop(name, nested if name.endswith("jsonl") else csv_of(event(2, page_url=nested.replace('"', ""))))
    world.load()
    assert world.raw_ids() == ["1"]
    assert "nested" in world.rejected()[0]["reasons"][0]


def test_brackets_in_text_nest_nothing(world: World) -> None:
    row = {"event_id": 1, "occurred_at": "2026-01-01", "anonymous_id": "a", "event_name": "x", "page_url": "[" * 5000}
    world.drop("a.jsonl", json.dumps(row))
    world.load()
    assert world.raw_ids() == ["1"]


@pytest.mark.parametrize("moment", ["2026-01-01", "no moment"])
def test_names_in_capitals_take_bounded_memory(world: World, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setattr(loader, "MEMORY_LIMIT", "500MB")
    row = {"occurredAt": "", "occurred_at": moment, "anonymous_id": "a", "event_name": "x"}
    row |= {f"someLongName{number}": "value of 20 letters." for number in range(50)}
    world.drop("a.jsonl", "\n".join(json.dumps({"Event_Id": number} | row) for number in range(10_000)))
    assert world.load().total("rows_accepted" if moment.startswith("2") else "rows_rejected") == 10_000


def test_a_file_that_does_not_fit_into_memory_is_rejected_and_others_load(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "MEMORY_LIMIT", "80MB")
    row = {"event_id": 1, "occurred_at": "2026-01-01", "anonymous_id": "a", "event_name": "x", "words": "a " * 900_000}
    world.drop("large.jsonl", "\n".join([json.dumps(row)] * 40))
    world.drop("good.csv", csv_of(event(2)))
    for _ in range(2):
        world.load()
        assert world.raw_ids() == ["2"]
        assert "split it into smaller files" in world.rejected()[0]["reasons"][0]


@pytest.mark.parametrize("place", ["standard/web_events", "standard"])
@pytest.mark.parametrize("is_link", [False, True])
def test_a_file_where_a_folder_belongs_is_rejected_and_named(world: World, place: str, is_link: bool) -> None:
    path = world.home / "landing" / place
    path.parent.mkdir(parents=True)
    path.symlink_to("nowhere") if is_link else path.write_text(csv_of(event(1)))
    for _ in range(2):
        world.load()
        assert [(row["file"], row["reasons"][0].split(";")[0]) for row in world.rejected()] == [
            (place, "file: it is where a folder belongs")
        ]
    path.unlink()
    world.drop("good.csv", csv_of(event(2)))
    world.load()
    assert world.raw_ids() == ["2"]


def test_parquet_of_lists_in_lists_is_rejected_in_no_time(world: World) -> None:
    row = "1 as event_id, date '2026-01-01' as occurred_at, 'a' as anonymous_id, 'e' as event_name"
    for name, depth in (("deep", 40), ("shallow", 5)):
        path = world.drop(f"{name}.parquet", "")
        duckdb.execute(f"copy (select {row}, {'[' * depth}1{']' * depth} as lists) to '{path}' (format parquet)")
    world.load()
    assert [row["_file"][-15:] for row in world.raw()] == ["shallow.parquet"]
    assert "nested more than 10" in world.rejected()[0]["reasons"][0]


def test_a_csv_of_very_many_columns_is_rejected(world: World) -> None:
    world.drop("good.csv", csv_of(event(1)))
    more = "".join(f",c{number}" for number in range(10_000))
    world.drop("wide.csv", EVENTS.rstrip() + more + "\n" + event(2) + "," * 10_000 + "\n")
    world.load()
    assert world.raw_ids() == ["1"]
    assert "more than 5000 columns" in world.rejected()[0]["reasons"][0]
