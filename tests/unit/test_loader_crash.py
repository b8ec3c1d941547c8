"""A crash at any instant leaves nothing half-loaded: the next run gives what an undisturbed one gives."""

import os
import signal
import subprocess
import sys
import time

import pytest
from loader_helpers import World, csv_of, event

from orchestration.config.settings import PROJECT_DIR
from orchestration.ingest import load_log, loader, readers

FILES = {
    "a.csv": csv_of(event(1), event(2, occurred_at="x"), event(3)),
    "b.csv": csv_of(event(4), event(5, page_url='"open')),
    "c.csv": "nonsense",
}


def drop_all(world: World) -> World:
    for file_name, content in FILES.items():
        path = world.drop(file_name, content)
        os.utime(path, (1_770_000_000, 1_770_000_000))
    return world


class Crash(BaseException):
    """Not an Exception: nothing may catch it and go on."""


# Column files take the first three renames; each loaded file then takes up to three.
@pytest.mark.parametrize("survived", range(11))
def test_a_crash_at_any_rename_is_healed_by_the_next_run(tmp_path, monkeypatch, survived):
    clean = drop_all(World(tmp_path / "clean"))
    clean.load()
    world = drop_all(World(tmp_path / "crashed"))
    real, calls = os.replace, []

    def replace(source, target):
        calls.append(target)
        if len(calls) > survived:
            raise Crash
        real(source, target)

    monkeypatch.setattr(loader, "FILES_AT_ONCE", 1)
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(Crash):
        world.load()
    monkeypatch.undo()
    world.load()
    assert world.everything() == clean.everything()
    assert not list((world.home / "raw" / "load_log" / "aside").rglob("*.*.*"))


@pytest.mark.parametrize("gone", [False, True])
def test_what_has_no_ledger_entry_is_removed_and_loaded_again(tmp_path, monkeypatch, gone):
    world = drop_all(World(tmp_path))

    def no_ledger(connection, columns, row, path):
        if columns is load_log.LOAD_LEDGER:
            raise Crash
        real(connection, columns, row, path)

    real = loader.write_row
    monkeypatch.setattr(loader, "write_row", no_ledger)
    with pytest.raises(Crash):
        world.load()
    monkeypatch.undo()
    assert list(world.raw_folder.glob("[0-9a-f]*.parquet"))
    if gone:
        for file_name in FILES:
            world.landing.joinpath(file_name).unlink()
    world.load()
    assert sorted(world.raw_ids()) == ([] if gone else ["1", "3", "4"])
    assert len(world.ledger()) == (0 if gone else 3)


def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("kills", [False, True])
def test_a_file_being_read_when_a_run_died_is_tried_in_a_process_of_its_own(tmp_path, monkeypatch, kills):
    world = World(tmp_path)
    world.drop("good.csv", csv_of(event(1)))
    checksum = readers.checksum_of(world.drop("suspect.csv", csv_of(event(2))))
    paths = load_log.EntityPaths(world.settings, "standard", "web_events")
    paths.reading(checksum).parent.mkdir(parents=True, exist_ok=True)
    paths.reading(checksum).touch()
    if kills:
        monkeypatch.setattr(loader, "_read", die)
    for _ in range(2):
        world.load()
        assert sorted(world.raw_ids()) == (["1"] if kills else ["1", "2"])
        assert [row["reasons"][0].split(";")[0] for row in world.rejected()] == (
            ["file: reading it stops the process"] if kills else []
        )


def test_kill_in_the_middle_of_a_load(tmp_path):
    world = World(tmp_path)
    rows = 300_000
    lines = [event(number) for number in range(rows)]
    lines[7], lines[200_000] = event("", event_name=""), "surplus," + event(8)
    world.drop("a.csv", csv_of(*lines))
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); "
        "from loader_helpers import World; World(Path(sys.argv[1])).load()"
    )
    for suffix in (".marked", ".records"):
        command = [sys.executable, "-c", program, str(tmp_path), str(PROJECT_DIR / "tests" / "unit")]
        process = subprocess.Popen(command, cwd=PROJECT_DIR)
        aside = tmp_path / "raw" / "load_log" / "aside"
        deadline = time.monotonic() + 30
        # os.walk passes over a folder that goes away meanwhile; Path.rglob fails there.
        while not any(name.endswith(suffix) for _, _, names in os.walk(aside) for name in names):
            assert time.monotonic() < deadline, "nothing was put aside"
            assert process.poll() is None, "it finished before it could be killed"
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert not list(world.raw_folder.glob("[0-9a-f]*.parquet"))
    world.load()
    assert len(world.raw()) == rows - 2
    assert world.broken() == [(9, lines[7]), (200_002, lines[200_000])]
