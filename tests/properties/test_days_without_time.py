"""A date without a time is a whole day of the reporting zone, and what happens on one day has its natural order."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# Clocks of Havana and Cairo change at midnight, those of Nuuk an hour before.
ZONES = ["UTC", "Pacific/Kiritimati", "America/Los_Angeles", "America/Havana", "Africa/Cairo", "America/Nuuk"]
NOW = "2027-06-01 12:00:00"
LAST_MOMENT = timedelta(microseconds=1)
STEPS = ["lead", "mql", "sql", "opportunity", "won"]


def start_of(day: date, zone: str) -> datetime:
    """The first moment of a day, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def end_of(day: date, zone: str) -> datetime:
    """The last moment of a day, UTC."""
    return start_of(day + timedelta(days=1), zone) - LAST_MOMENT


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_is_from_its_midnight_to_the_next(connection, dbt, zone):
    sql = """
        select day, {{ moment('alone') }} as ends_at,
            {{ earliest_moment(moment('alone')) }} as starts_at, {{ moment('alone', start=true) }} as session_at,
            {{ moment('timed') }} as timed
        from (
            select day, day + interval 1 microsecond as alone, day + interval 1 hour as timed
            from (select unnest(range(timestamp '2025-01-01', timestamp '2027-01-01', interval 1 day)) as day)
        )
    """
    compiled = dbt("--inline", sql, "--vars", json.dumps({"as_of": NOW, "reporting_timezone": zone}))
    rows = connection.sql(compiled.result.results[0].node.compiled_code).fetchall()
    assert len(rows) == 730
    for day, ends_at, starts_at, session_at, timed in rows:
        assert (starts_at, ends_at) == (start_of(day.date(), zone), end_of(day.date(), zone))
        assert session_at == starts_at
        assert timed == day + timedelta(hours=1)


@pytest.fixture(scope="module")
def stages_of(connection, compile_models):
    """Fills the inputs with one lead's steps, each a moment, and gives when it reached its stages."""
    compiled = {
        zone: compile_models({"as_of": NOW, "reporting_timezone": zone})["int_lead_stages"] for zone in ZONES[:3]
    }

    def build(zone: str, at: dict[str, datetime]):
        for table, rows in {
            "int_leads": f"select 'L' as lead_id, timestamp '{at['lead']}' as created_at",
            "int_unified__lead_stages": f"""
                select 'L' as lead_id, 'mql' as stage, timestamp '{at["mql"]}' as entered_at
                union all select 'L', 'sql', timestamp '{at["sql"]}'""",
            "int_deals": f"""
                select 'L' as lead_id, true as is_opportunity, true as is_first_won,
                    timestamp '{at["opportunity"]}' as created_at, timestamp '{at["won"]}' as won_at""",
        }.items():
            connection.execute(f"create or replace table intermediate.{table} as {rows}")
        columns = "created_at, mql_at, sql_at, opportunity_at, customer_at"
        return connection.sql(f"select {columns} from ({compiled[zone]})").fetchone()

    return build


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(ZONES[:3]),
    day=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    hours=st.lists(st.integers(0, 22), min_size=5, max_size=5).map(sorted),
    are_timed=st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_steps_of_one_day_have_their_natural_order(stages_of, zone, day, hours, are_timed):
    at = {
        step: start_of(day, zone) + timedelta(hours=hour) if is_timed else end_of(day, zone)
        for step, hour, is_timed in zip(STEPS, hours, are_timed, strict=True)
    }
    reached = stages_of(zone, at)
    assert list(reached) == sorted(reached)
    assert all(start_of(day, zone) <= moment <= end_of(day, zone) for moment in reached)
    assert reached[-1] == at["won"]
