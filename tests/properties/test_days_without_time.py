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


def test_days_of_ad_platforms_are_read_alike_in_every_zone(dbt):
    select = ("--select", "stg_*__ad_spend", "base_*__spend")
    compiled = [
        {
            node.node.name: node.node.compiled_code
            for node in dbt(*select, "--vars", json.dumps(dbt_vars)).result.results
        }
        for dbt_vars in ({"as_of": NOW, "reporting_timezone": zone} for zone in ZONES[:2])
    ]
    assert len(compiled[0]) >= 8
    assert compiled[0] == compiled[1]


@pytest.fixture(scope="module")
def path_of(connection, dbt):
    """Gives the touches of a lead's path in their order, for touches by id and the lead's moment."""
    path = dbt("--select", "int_path_touchpoints", "--vars", json.dumps({"as_of": NOW})).result.results[0].node
    connection.execute(
        "create or replace table intermediate.int_conversion_persons as select 'C' as conversion_id, 'p' as person_id"
    )

    def build(touches: list[tuple[str, datetime]], lead_at: datetime) -> list[str]:
        connection.execute(f"""
            create or replace table intermediate.int_conversions as
            select 'C' as conversion_id, 'lead' as conversion_type, timestamp '{lead_at}' as conversion_at,
                timestamp '{lead_at}' as lead_created_at, null::timestamp as opportunity_created_at,
                timestamp '{lead_at - timedelta(days=90)}' as window_starts_at
        """)
        connection.execute("""
            create or replace table intermediate.int_identified_touchpoints (
                touchpoint_id varchar, person_id varchar, source varchar, campaign varchar, is_direct boolean,
                occurred_at timestamp)
        """)
        connection.executemany(
            "insert into intermediate.int_identified_touchpoints values (?, 'p', 'webinar', null, false, ?)", touches
        )
        rows = connection.sql(f"select touchpoint_id from ({path.compiled_code}) order by touch_number").fetchall()
        return [touch for (touch,) in rows]

    return build


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    hours=st.lists(st.one_of(st.none(), st.integers(1, 21)), min_size=1, max_size=6),
    lead_hour=st.one_of(st.none(), st.integers(1, 21)),
    chance=st.randoms(),
)
def test_touches_of_one_day_have_their_natural_order(path_of, zone, day, hours, lead_hour, chance):
    touches = [(f"t{number}", start_of(day, zone) + timedelta(hours=hour or 0)) for number, hour in enumerate(hours)]
    lead_at = end_of(day, zone) if lead_hour is None else start_of(day, zone) + timedelta(hours=lead_hour)
    # Without a time they come first, and a lead without one comes last.
    before = [(hour or 0, f"t{number}") for number, hour in enumerate(hours) if (hour or 0) <= (lead_hour or 24)]
    assert path_of(chance.sample(touches, len(touches)), lead_at) == [touch for _, touch in sorted(before)]
