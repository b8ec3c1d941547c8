"""Shapley credits of the SQL against the definition, and the axioms that define it."""

from fractions import Fraction
from itertools import combinations
from math import factorial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SOURCES = [f"source_{number}" for number in range(8)]
# A path is its touches' sources; None has no touch at all and goes to its CRM source.
path = st.one_of(st.none(), st.lists(st.sampled_from(SOURCES), min_size=1, max_size=8))
conversion = st.tuples(path, st.integers(0, 5000).map(lambda cents: cents / 100))
games = st.lists(conversion, min_size=1, max_size=8)
properties = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CRM_SOURCE = "source_0"


@pytest.fixture(scope="module")
def shapley_values(connection, compiled_models):
    """Builds source_removal_effects over conversions (path, value); gives (conversions, value) per source."""
    for table, columns in {
        "int_conversions": "conversion_id varchar, conversion_type varchar, value decimal(18, 6), crm_source varchar",
        "int_path_touchpoints": (
            "conversion_id varchar, conversion_type varchar, touchpoint_id varchar, source varchar,"
            " touch_number integer, occurred_at timestamp, lead_created_at timestamp"
        ),
        "int_path_roles": "conversion_id varchar",
        "int_markov_effects": "conversion_type varchar, source varchar, removal_effect double",
        "int_uplift_effects": (
            "conversion_type varchar, source varchar, effect_before_lead double, effect_after_lead double,"
            " factor double"
        ),
    }.items():
        connection.execute(f"create or replace table intermediate.{table} ({columns})")

    def run(game):
        fill(connection, game)
        credits = compiled_models["int_data_driven_credits"]
        connection.execute(f"create or replace table intermediate.int_data_driven_credits as {credits}")
        rows = connection.sql(f"""
            select source, conversions, value from ({compiled_models["source_removal_effects"]})
            where attribution_model = 'shapley'
        """).fetchall()
        return {source: (conversions, float(value)) for source, conversions, value in rows}

    return run


def fill(connection, game):
    for table in ("int_conversions", "int_path_touchpoints", "int_path_roles"):
        connection.execute(f"delete from intermediate.{table}")
    for number, (touches, value) in enumerate(game):
        connection.execute(
            "insert into intermediate.int_conversions values (?, 'customer', ?, ?)", [f"c{number}", value, CRM_SOURCE]
        )
        for place, source in enumerate(touches or []):
            connection.execute(
                "insert into intermediate.int_path_touchpoints values (?, 'customer', ?, ?, ?, null, null)",
                [f"c{number}", f"t{place}", source, place + 1],
            )
    connection.execute("""
        insert into intermediate.int_path_roles select distinct conversion_id from intermediate.int_path_touchpoints
    """)


def sets(game):
    return [(frozenset(touches or [CRM_SOURCE]), value) for touches, value in game]


def brute_force(game) -> dict[str, tuple[float, float]]:
    """The weighted sum over all coalitions of what a source adds to each."""
    players = sorted(set().union(*(path for path, _ in sets(game))))

    def worth(coalition):
        inside = [value for path, value in sets(game) if path <= coalition]
        return len(inside), sum(map(Fraction, inside), Fraction())

    values = {}
    for player in players:
        others = [other for other in players if other != player]
        conversions = value = Fraction()
        for size in range(len(others) + 1):
            weight = Fraction(factorial(size) * factorial(len(others) - size), factorial(len(players)))
            for coalition in map(frozenset, combinations(others, size)):
                (more, more_value), (less, less_value) = worth(coalition | {player}), worth(coalition)
                conversions += weight * (more - less)
                value += weight * (more_value - less_value)
        values[player] = (float(conversions), float(value))
    return values


def assert_same(values, expected):
    assert values.keys() == expected.keys()
    for source, pair in expected.items():
        assert values[source] == pytest.approx(pair, abs=1e-8), source


@properties
@given(game=games)
def test_the_closed_form_is_the_average_over_all_coalitions(shapley_values, game):
    assert_same(shapley_values(game), brute_force(game))


@properties
@given(game=games)
def test_efficiency_all_that_was_earned_is_given_out(shapley_values, game):
    conversions, values = zip(*shapley_values(game).values(), strict=True)
    assert sum(conversions) == pytest.approx(len(game), abs=1e-9)
    assert sum(values) == pytest.approx(sum(value for _, value in game), abs=1e-8)


@properties
@given(game=games, one=st.sampled_from(SOURCES[1:]), other=st.sampled_from(SOURCES[1:]))
def test_symmetry_sources_that_swap_places_swap_values(shapley_values, game, one, other):
    names = {one: other, other: one}
    swapped = [(touches and [names.get(source, source) for source in touches], value) for touches, value in game]
    expected = {names.get(source, source): pair for source, pair in shapley_values(game).items()}
    assert_same(shapley_values(swapped), expected)


@properties
@given(game=games)
def test_dummy_a_source_that_no_path_needs_earns_nothing(shapley_values, game):
    needed = set().union(*(path for path, _ in sets(game)))
    alone = [(["loner"], 7.0)]
    values = shapley_values(game + alone)
    assert values.keys() == needed | {"loner"}
    assert values["loner"] == pytest.approx((1, 7), abs=1e-9)


@properties
@given(game=games, more=games)
def test_additivity_the_value_of_two_games_is_the_sum_of_their_values(shapley_values, game, more):
    first, second = shapley_values(game), shapley_values(more)
    expected = {
        source: tuple(map(sum, zip(first.get(source, (0, 0)), second.get(source, (0, 0)), strict=True)))
        for source in first.keys() | second.keys()
    }
    assert_same(shapley_values(game + more), expected)


@properties
@given(game=games, effects=st.lists(st.sampled_from([0, 0.000000000001, 0.25, 1 / 3, 1]), min_size=8, max_size=8))
def test_the_touches_of_a_path_share_it_under_both_models(connection, shapley_values, compiled_models, game, effects):
    fill(connection, game)
    connection.execute("delete from intermediate.int_markov_effects")
    connection.executemany(
        "insert into intermediate.int_markov_effects values ('customer', ?, round(?, 12))",
        list(zip(SOURCES, effects, strict=True)),
    )
    effect_of = dict(zip(SOURCES, effects, strict=True))
    rows = connection.sql(f"""
        select conversion_id, source, credit_markov, credit_shapley from ({compiled_models["int_data_driven_credits"]})
    """).fetchall()
    credits = {(conversion_id, source): (markov, shapley) for conversion_id, source, markov, shapley in rows}
    assert len(credits) == sum(len(set(touches or [CRM_SOURCE])) for touches, _ in game)
    for number, (touches, _) in enumerate(game):
        touches = touches or [CRM_SOURCE]
        for source in touches:
            markov, shapley = credits[f"c{number}", source]
            total = sum(effect_of[touch] for touch in touches)
            assert markov == pytest.approx(effect_of[source] / total if total else 1 / len(touches), abs=1e-9)
            assert shapley == pytest.approx(1 / len(set(touches)) / touches.count(source), abs=1e-12)
