"""Two runs at once on a warehouse that several machines reach, and who reads meanwhile."""

import subprocess
import sys
import threading
from pathlib import Path

import duckdb

from orchestration.config.settings import Settings, read_settings
from orchestration.database.connect import attach, open_warehouse
from orchestration.database.releases import recorded
from tests.end_to_end.nightly_runs import AS_OF, PROJECT_DIR, environment, land_company
from tests.engines.builds import differences
from tests.engines.targets import Target

LATER = "2026-07-03"
# Marts that a day more changes.
STATE = " union all ".join(
    f"select '{mart}', count(*), sum(hash(rows_of::varchar)) from {{name}}.marts.{mart} as rows_of"
    for mart in ("dim_dates", "fct_leads", "check_results", "source_performance_monthly")
)


class Reader(threading.Thread):
    """Reads the newest release again and again: its file, and of a lake its snapshot."""

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
                if self.settings.is_lake:
                    *_, newest = recorded(self.settings).values()
                    self.seen["snapshot"].add(state_of_snapshot(self.settings, newest))
                    self.read_in_a_transaction()
                self.reads += 1
            except Exception as error:
                self.errors.append(error)

    def read_in_a_transaction(self) -> None:
        """Whatever is committed meanwhile, it is not seen."""
        with open_warehouse(self.settings) as connection:
            connection.execute("begin")
            first = connection.execute(STATE.format(name="warehouse")).fetchall()
            before = connection.execute("from warehouse.current_snapshot()").fetchall()
            self.stopped.wait(1)
            assert connection.execute(STATE.format(name="warehouse")).fetchall() == first
            with open_warehouse(self.settings) as other:
                self.moved += other.execute("from warehouse.current_snapshot()").fetchall() != before


def state_of_file(path: Path) -> tuple:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as release (read_only)")
        return tuple(connection.execute(STATE.format(name="release")).fetchall())


def state_of_snapshot(settings: Settings, snapshot: int) -> tuple:
    with duckdb.connect() as connection:
        attach(connection, settings, snapshot)
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


def test_of_two_runs_at_once_one_wins_and_readers_see_whole_releases(target: Target, tmp_path: Path):
    shared = {**target.environment(tmp_path / "ann"), "LSW_LAKE_DATA": str(tmp_path / "data")}
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
    assert f"another run builds the warehouse (process {processes[0]} on " in output_of(loser)
    assert "Traceback" not in output_of(loser)

    second = state_of_file(winner.published_warehouse.resolve())
    assert first != second
    assert reader.errors == []
    assert reader.reads > 3
    assert reader.seen["file"] <= {first, second}
    if ann.is_lake:
        # Else no transaction was open while the build wrote.
        assert reader.moved > 0
        assert first in reader.seen["snapshot"] <= {first, second}

    assert start(loser, LATER).wait() == 0, output_of(loser)
    assert differences(winner.serve / "current", loser.serve / "current") == {}
