"""Credits of every conversion sum to 1, under any weights, for any history."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.conftest import MODELS, build_credits

START = datetime(2026, 1, 1)
# A coarse clock, so that touches, milestones and window ends often fall on the same moment.
moments = st.integers(0, 40).map(lambda days: START + timedelta(days=3 * days))
PERSONS = ["ann", "bob", "cat"]
touch = st.tuples(moments, st.sampled_from(PERSONS), st.sampled_from(["direct", "webinar", "google_ads"]))
conversion = st.tuples(
    moments,
    st.sampled_from([*PERSONS, "nobody"]),
    st.sampled_from([0, 100.01, 33]),
    st.one_of(st.none(), moments),
    st.one_of(st.none(), moments),
)
CREDITS = [f"credit_{model}" for model in [*MODELS, "time_decay", "markov", "shapley", "uplift"]]


@pytest.fixture(scope="module")
def build(connection, compiled_models):
    """Fills the inputs of the attribution models and builds the credits; gives the connection."""
    connection.execute("""
        create or replace table intermediate.int_conversions (
            conversion_id varchar, conversion_type varchar, conversion_at timestamp, value double,
            lead_created_at timestamp, opportunity_created_at timestamp, window_starts_at timestamp, crm_source varchar)
    """)
    connection.execute("""
        create or replace table intermediate.int_conversion_persons (conversion_id varchar, person_id varchar)
    """)
    connection.execute("""
        create or replace table intermediate.int_identified_touchpoints (
            touchpoint_id varchar, person_id varchar, source varchar, campaign varchar, is_direct boolean,
            occurred_at timestamp)
    """)
    # One source has no effect, and one is not known to the chain at all.
    connection.execute("""
        create or replace table intermediate.int_markov_effects as
        select * from (values ('customer', 'webinar', 0.4), ('customer', 'direct', 0.0))
            as effects (conversion_type, source, removal_effect)
    """)
    connection.execute("""
        create or replace table intermediate.int_uplift_effects as
        select * from (values ('customer', 'webinar', 0.4, 0.1, 0.5), ('customer', 'direct', 0.0, 0.0, 2.0))
            as effects (conversion_type, source, effect_before_lead, effect_after_lead, factor)
    """)

    def run(touches, conversions):
        for table in ("int_conversions", "int_conversion_persons", "int_identified_touchpoints"):
            connection.execute(f"delete from intermediate.{table}")
        for number, (at, person, source) in enumerate(sorted(touches)):
            connection.execute(
                "insert into intermediate.int_identified_touchpoints values (?, ?, ?, null, ?, ?)",
                [f"t{number:02}", person, source, source == "direct", at],
            )
        for number, (at, person, value, lead_at, deal_at) in enumerate(conversions):
            known = [moment if moment and moment <= at else None for moment in (lead_at, deal_at)]
            connection.execute(
                "insert into intermediate.int_conversions values (?, 'customer', ?, ?, ?, ?, ?, 'webinar')",
                [f"c{number}", at, value, *known, at - timedelta(days=30)],
            )
            for name in PERSONS if number % 3 == 0 else [person]:
                connection.execute(
                    "insert into intermediate.int_conversion_persons values (?, ?)", [f"c{number}", name]
                )
        build_credits(connection, compiled_models)
        return connection

    return run


histories = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@histories
@given(touches=st.lists(touch, max_size=12), conversions=st.lists(conversion, min_size=1, max_size=6))
def test_credits_of_every_conversion_sum_to_one(build, touches, conversions):
    connection = build(touches, conversions)
    for credit in CREDITS:
        sums = connection.sql(f"""
            select conversion_id, coalesce(sum({credit}), 0), coalesce(min({credit}), -1)
            from intermediate.int_conversions left join credits using (conversion_id)
            group by conversion_id
        """).fetchall()
        assert len(sums) == len(conversions)
        for conversion_id, total, smallest in sums:
            assert total == pytest.approx(1, abs=1e-9), (credit, conversion_id)
            assert smallest >= 0, (credit, conversion_id)


@histories
@given(
    touches=st.lists(touch, max_size=12), conversions=st.lists(conversion, min_size=1, max_size=4), seed=st.randoms()
)
def test_the_order_of_the_input_changes_nothing(build, touches, conversions, seed):
    query = f"select * from credits order by conversion_id, touchpoint_id, {', '.join(CREDITS)}"
    expected = build(touches, conversions).sql(query).fetchall()
    shuffled = list(touches)
    seed.shuffle(shuffled)
    assert build(shuffled, conversions).sql(query).fetchall() == expected


@histories
@given(touches=st.lists(touch, max_size=12), conversions=st.lists(conversion, min_size=1, max_size=4))
def test_credit_agrees_with_the_definition_worked_by_hand(build, touches, conversions):
    connection = build(touches, conversions)
    paths = connection.sql("""
        select conversion_id, first_touch, lead_creation_touch, opportunity_creation_touch, last_touch
        from intermediate.int_path_roles
    """).fetchall()
    for conversion_id, *role_touches in paths:
        # Touches are named in the order in which they happened.
        touches = [number for (number,) in connection.execute(
            "select touch_number from intermediate.int_path_touchpoints where conversion_id = ? order by touchpoint_id",
            [conversion_id],
        ).fetchall()]  # fmt: skip
        assert touches == list(range(1, len(touches) + 1))
        roles = dict(zip(["first", "lead_creation", "opportunity_creation", "last"], role_touches, strict=True))
        for model, weights in MODELS.items():
            credits = dict(connection.execute(f"""
                select touch_number, credit_{model} from credits
                join intermediate.int_path_touchpoints using (conversion_id, touchpoint_id) where conversion_id = ?
            """, [conversion_id]).fetchall())  # fmt: skip
            assert credits == pytest.approx(credits_by_hand(touches, roles, weights), abs=1e-12), model


def credits_by_hand(touches: list[int], roles: dict[str, int | None], weights: dict[str, float]) -> dict[int, float]:
    """The definition in plain words: role weights add up, the rest share the middle, then everything is scaled to 1."""
    raw = dict.fromkeys(touches, 0.0)
    held = {touch for role, touch in roles.items() if touch is not None and weights.get(role, 0) > 0}
    for role, touch in roles.items():
        if touch is not None:
            raw[touch] += weights.get(role, 0)
    rest = [touch for touch in touches if touch not in held]
    for touch in rest:
        raw[touch] += weights.get("middle", 0) / len(rest)
    total = sum(raw.values())
    return {touch: weight / total if total else 1 / len(touches) for touch, weight in raw.items()}
