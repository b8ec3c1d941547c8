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

KILLS = 3
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
    """The folder of a night that nothing disturbed, its marts, and the seconds it took."""
    home = tmp_path_factory.mktemp("undisturbed")
    land_company(home)
    started = time.monotonic()
    assert run_night(home) == 0
    return home, marts(home), time.monotonic() - started


def test_nights_killed_at_any_instant_leave_nothing_half_done(undisturbed, tmp_path):
    """Each kill hits the same folder again, at an instant the seed chooses; then a night is let through."""
    _, expected, seconds = undisturbed
    home = tmp_path
    land_company(home)
    instants = random.Random(20260702)
    # One kill in each part of the night, so that the gate, dbt and the release are all hit.
    for part in range(KILLS):
        night = start_night(home)
        time.sleep(seconds * (part + instants.random()) / KILLS)
        os.killpg(night.pid, signal.SIGKILL)
        night.communicate()
        if (home / "serve/current").exists():
            assert marts(home) == expected
    assert run_night(home) == 0
    assert marts(home) == expected


def test_a_killed_night_that_built_on_another_leaves_nothing_half_done(undisturbed, tmp_path):
    """The second night brings what the first one lacked, and dies once while dbt builds only what changed."""
    _, expected, seconds = undisturbed
    land_company(tmp_path, but=("activities", "ad_spend_restated", "lead_stages", "opportunities"))
    assert run_night(tmp_path) == 0
    before = marts(tmp_path)
    land_company(tmp_path)
    night = start_night(tmp_path)
    time.sleep(seconds * random.Random(20260703).uniform(0.4, 0.7))
    os.killpg(night.pid, signal.SIGKILL)
    night.communicate()
    assert marts(tmp_path) in (before, expected)
    assert run_night(tmp_path) == 0
    assert marts(tmp_path) == expected


def test_a_reader_never_sees_an_error_or_half_a_night(undisturbed):
    """While a night with other numbers goes on, every look at the release shows one night whole."""
    home, _, _ = undisturbed
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
