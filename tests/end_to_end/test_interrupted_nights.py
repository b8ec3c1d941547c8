"""Nights that are killed, and readers that do not wait for nights to end."""

import os
import random
import signal
import threading
import time

import duckdb
import pytest

from tests.end_to_end.nights import land_company, marts, query, run_night, start_night

pytestmark = pytest.mark.slow

# The parts of a night, named by the line they begin with: the gate, dbt, the release. Each prints more lines than here
# but the last, which tells what it did when it has done it. A night tells nothing while it starts and parses.
START, GATE, BUILD, RELEASE = ("", 1), ("landing ...", 30), ("dbt_build ...", 80), ("release ...", 1)
LOOK = """
    select
        (select count(*) from marts.fct_conversions),
        (select count(distinct conversion_id) from marts.fct_attribution),
        (select round(sum(credit_linear), 6) from marts.fct_attribution),
        (select min(evaluated_at) from marts.check_results),
        (select max(evaluated_at) from marts.check_results)
"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The folder of a night that nothing disturbed, and its marts."""
    home = tmp_path_factory.mktemp("undisturbed")
    land_company(home)
    assert run_night(home) == 0
    return home, marts(home)


def kill_a_night(home, part, chance):
    """Start a night and kill it in a part of it, at an instant that chance chooses, however fast the machine is."""
    first_line, lines = part
    night = start_night(home)
    if first_line:
        assert any(line.strip() == first_line for line in night.stdout)
        for _ in range(chance.randrange(lines)):
            assert night.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))
    else:
        time.sleep(chance.uniform(1, 8))
    os.killpg(night.pid, signal.SIGKILL)
    night.communicate()
    assert night.returncode == -signal.SIGKILL


def test_nights_killed_at_any_instant_leave_nothing_half_done(undisturbed, tmp_path):
    """Each kill hits the same folder again, one in each part of the night; then a night is let through."""
    _, expected = undisturbed
    home = tmp_path
    land_company(home)
    chance = random.Random(20260702)
    for part in (START, GATE, BUILD, RELEASE):
        kill_a_night(home, part, chance)
        if (home / "serve/current").exists():
            assert marts(home) == expected
    assert run_night(home) == 0
    assert marts(home) == expected


def test_a_killed_night_that_built_on_another_leaves_nothing_half_done(undisturbed, tmp_path):
    """The second night brings what the first one lacked, and dies once while dbt builds only what changed."""
    _, expected = undisturbed
    land_company(tmp_path, but=("activities", "ad_spend_restated", "lead_stages", "opportunities"))
    assert run_night(tmp_path) == 0
    before = marts(tmp_path)
    land_company(tmp_path)
    kill_a_night(tmp_path, BUILD, random.Random(20260703))
    assert marts(tmp_path) == before
    assert run_night(tmp_path) == 0
    assert marts(tmp_path) == expected


def test_a_reader_never_sees_an_error_or_half_a_night(undisturbed):
    """While a night with other numbers goes on, every look at the release shows one night whole."""
    home, _ = undisturbed
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
    # A month earlier there are fewer conversions.
    assert run_night(home, as_of="2026-05-15") == 0
    stop.set()
    reader.join()
    assert not errors
    assert len(seen) == 2, seen
    for conversions, credited, credit, first, last in seen:
        assert conversions == credited == credit
        assert first == last
    assert query(home, "select count(*) from marts.fct_leads") == [(3,)]
