"""Runs that are killed, and readers that do not wait for a run to end."""

import os
import random
import signal
import threading
import time
from contextlib import contextmanager

import duckdb
import pytest

from tests.end_to_end.nightly_runs import land_company, marts, run_nightly, start_nightly

pytestmark = pytest.mark.slowest

# The parts of a run, named by their first line: loader, dbt, release. Each prints more lines than given here, but the
# last, which prints its result at the end. A run prints nothing while it starts and parses.
START, LOAD, BUILD, RELEASE = ("", 1), ("landing ...", 30), ("dbt_build ...", 80), ("release ...", 1)
LOOK = """
    select
        (select count(*) from marts.fct_conversions),
        (select count(distinct conversion_id) from marts.fct_attribution),
        (select round(sum(credit_linear), 6) from marts.fct_attribution),
        (select min(evaluated_at) from marts.check_results),
        (select max(evaluated_at) from marts.check_results)
"""


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The marts of an undisturbed run."""
    home = tmp_path_factory.mktemp("undisturbed")
    land_company(home)
    assert run_nightly(home) == 0
    return marts(home)


def kill_a_run(home, part, chance):
    """Start a run and kill it in one of its parts, at a random moment, however fast the machine is."""
    first_line, lines = part
    run = start_nightly(home)
    if first_line:
        assert any(line.strip() == first_line for line in run.stdout)
        for _ in range(chance.randrange(lines)):
            assert run.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))
    else:
        time.sleep(chance.uniform(1, 8))
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    assert run.returncode == -signal.SIGKILL


def test_runs_killed_at_any_moment_leave_nothing_half_done(expected, tmp_path):
    """Each kill hits the same state folder, one in each part of the run; then a run finishes."""
    home = tmp_path
    land_company(home)
    chance = random.Random(20260702)
    for part in (START, LOAD, BUILD, RELEASE):
        kill_a_run(home, part, chance)
        if (home / "serve/current").exists():
            assert marts(home) == expected
    assert run_nightly(home) == 0
    assert marts(home) == expected


@contextmanager
def watched(home):
    """Look at the release again and again meanwhile; gives what each look saw, and the errors of those that failed."""
    stop = threading.Event()
    seen, errors = set(), []

    def read() -> None:
        while not stop.is_set():
            try:
                with duckdb.connect(str(home / "serve/current/warehouse.duckdb"), read_only=True) as connection:
                    # One look at several tables. No relation is kept: it would hold the file open.
                    seen.add(connection.execute(LOOK).fetchone())
            except duckdb.Error as error:
                errors.append(error)
            time.sleep(0.1)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield seen, errors
    finally:
        stop.set()
        reader.join()


def test_a_run_killed_after_another_leaves_nothing_half_done_and_no_reader_sees_it(expected, tmp_path):
    """The second run has the files that the first one lacked, and is killed once in the incremental part of dbt.

    A reader never sees an error, nor half of a run.
    """
    land_company(tmp_path, but=("activities", "ad_spend_restated", "lead_stages", "opportunities"))
    assert run_nightly(tmp_path) == 0
    before = marts(tmp_path)
    land_company(tmp_path)
    with watched(tmp_path) as (seen, errors):
        kill_a_run(tmp_path, BUILD, random.Random(20260703))
        assert marts(tmp_path) == before
        assert run_nightly(tmp_path) == 0
    assert marts(tmp_path) == expected
    assert not errors
    assert len(seen) == 2, seen
    for conversions, credited, credit, first, last in seen:
        assert conversions == credited == credit
        assert first == last
