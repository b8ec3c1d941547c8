"""The Markov model: transitions of the SQL and effects of the solver against the definition, worked another way."""

import random
from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.attribution import markov
from orchestration.attribution.markov import CONVERSION, NULL, SEPARATOR, START, removal_effects

TYPES = ["lead", "mql", "sql", "opportunity", "customer"]
DEAL_TYPES = ["opportunity", "customer"]
TODAY = datetime(2026, 6, 1)
# Per order, other vars too: lookbacks that differ, repeats that collapse, and the other policies.
VARIANTS = {
    1: {"attribution_lookback_days": 6},
    2: {
        "attribution_lookback_days": 6,
        "attribution_lookback_days_by_type": {"customer": 9, "mql": 3},
        "touch_collapse_minutes": 24 * 60,
    },
    3: {"attribution_lookback_days": 6, "direct_touch_policy": "keep", "attribution_unit": "person"},
}
ACCOUNTS = {"ann": "acme", "bob": "acme", "cat": "other"}  # dan and eve have none.

properties = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
source = st.sampled_from(["a", "b", "c", "direct"])
paths = st.lists(st.tuples(st.lists(source, min_size=1, max_size=6), st.booleans()), max_size=10)
# Whole days, so that ends of windows are met and touches share moments.
touch = st.tuples(st.sampled_from(["ann", "bob", "cat", "dan", "eve"]), st.integers(0, 14), source)
conversion = st.tuples(
    st.sampled_from(TYPES), st.sampled_from(["ann", "bob", "cat", "dan", None]), st.lists(source, max_size=4)
)


def steps_of(path, order):
    """(state, next) for each step of a path (sources, converts)."""
    sources, converts = path
    for place, target in enumerate([*sources, CONVERSION if converts else NULL]):
        yield SEPARATOR.join(sources[max(0, place - order) : place]) or START, target


def count_steps(paths, order):
    return Counter(step for path in paths for step in steps_of(path, order))


def effects_of(steps):
    return removal_effects([a for a, _ in steps], [b for _, b in steps], list(steps.values()))


def exact_effects(paths, order) -> dict[str, Fraction]:
    """State elimination in fractions: take states out one by one, joining what led in to what led out."""

    def conversion_probability(removed):
        weights = {}
        for (state, target), count in count_steps(paths, order).items():
            if target == removed:
                target = NULL
            elif target not in (CONVERSION, NULL):
                history = [] if state == START else state.split(SEPARATOR)
                target = SEPARATOR.join([*history, target][-order:])
            weights.setdefault(state, Counter())[target] += count
        chain = {s: {t: Fraction(n, sum(row.values())) for t, n in row.items()} for s, row in weights.items()}
        for state in [state for state in chain if state != START]:
            row = chain.pop(state)
            leaving = 1 - row.pop(state, 0)
            for other in chain.values():
                through = other.pop(state, 0)
                for target, share in row.items():
                    if through:
                        other[target] = other.get(target, 0) + through * share / leaving
        return chain.get(START, {}).get(CONVERSION, Fraction())

    base = conversion_probability(None)
    sources = {source for sources, _ in paths for source in sources}
    return {source: 1 - conversion_probability(source) / base if base else Fraction() for source in sources}


@pytest.mark.parametrize("order", [1, 2, 3])
@properties
@given(paths=paths)
def test_effects_are_those_of_exact_arithmetic(order, paths):
    effects, exact = effects_of(count_steps(paths, order)), exact_effects(paths, order)
    assert effects.keys() == exact.keys()
    for source, effect in exact.items():
        assert effects[source] == pytest.approx(float(effect), abs=1e-11)


def test_the_chain_of_the_textbook():
    effects = effects_of(count_steps([(["C1", "C2", "C3"], True), (["C1"], False), (["C2", "C3"], False)], 1))
    assert effects == {"C1": 0.5, "C2": 1, "C3": 1}
    assert [effect / sum(effects.values()) for effect in effects.values()] == [0.2, 0.4, 0.4]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], {}),
        ([(["a"], False), (["b", "a"], False)], {"a": 0, "b": 0}),
        ([(["a"], True)], {"a": 1}),
        ([(["a", "a"], True), (["a"], False)], {"a": 1}),
        ([(["a"], True), (["b"], False)], {"a": 1, "b": 0}),
        ([(["a"] * 500, True), (["b"], True)], {"a": 0.5, "b": 0.5}),
    ],
    ids=["no path", "no conversion", "one source", "one source often", "always and never", "a long loop"],
)
def test_edges_have_defined_effects(paths, expected):
    for order in (1, 2, 3):
        assert effects_of(count_steps(paths, order)) == pytest.approx(expected, abs=1e-12)


def test_states_that_never_end_lose_what_enters_them():
    """No path makes such a chain; a singular system must not come of it."""
    steps = {(START, "a"): 1, (START, "b"): 1, ("a", "a"): 5, ("b", CONVERSION): 1, ("c", "c"): 1}
    assert effects_of(steps) == {"a": 0, "b": 1, "c": 0}


@pytest.mark.parametrize("iterations", ["enough", "too few"])
def test_large_chains_give_what_elimination_gives(monkeypatch, iterations):
    chance = random.Random(7)
    paths = [
        (chance.choices("abcdefghij", [1 / n for n in range(1, 11)], k=chance.randint(1, 9)), chance.random() < 0.05)
        for _ in range(3000)
    ] + [(["j"] * 200, True)]
    steps = count_steps(paths, 3)
    monkeypatch.setattr(markov, "DENSE_STATES", 10**6)
    expected = effects_of(steps)
    monkeypatch.setattr(markov, "DENSE_STATES", 0)
    if iterations == "enough":
        monkeypatch.setattr(markov, "splu", None)
    else:
        monkeypatch.setattr(markov, "ROUNDS", 3)
    assert effects_of(steps) == pytest.approx(expected, abs=2e-12)


@properties
@given(paths=paths, chance=st.randoms())
def test_the_order_of_the_transitions_changes_nothing(paths, chance):
    steps = list(count_steps(paths, 2).items())
    expected = effects_of(dict(steps))
    chance.shuffle(steps)
    assert effects_of(dict(steps)) == expected


@pytest.fixture(scope="module", params=VARIANTS, ids="order {}".format)
def transitions(request, connection, compile_models):
    """Order, vars and a function that gives the transitions of the SQL, per conversion type, over a history."""
    order = request.param
    models = compile_models({"markov_order": order, **VARIANTS[order]})
    touch_columns = (
        "touchpoint_id varchar, source varchar, campaign varchar, is_direct boolean, occurred_at timestamp,"
        " touch_type varchar as ('session')"
    )
    for table, columns in {
        "int_identified_touchpoints": f"person_id varchar, {touch_columns}, person_type varchar as ('person')",
        "int_anonymous_touchpoints": f"anonymous_id varchar, {touch_columns}",
        "int_person_accounts": "person_id varchar, account_id varchar",
        "int_conversions": "conversion_id varchar, conversion_type varchar, conversion_at timestamp, person_id varchar,"
        " account_id varchar, crm_source varchar",
        "int_path_touchpoints": "conversion_id varchar, touchpoint_id varchar, source varchar, occurred_at timestamp",
    }.items():
        connection.execute(f"create or replace table intermediate.{table} ({columns})")
    connection.execute(
        "create or replace table seeds.source_catalogue as select unnest(['a', 'b', 'c', 'crm', 'direct']) as source"
    )
    connection.executemany("insert into intermediate.int_person_accounts values (?, ?)", list(ACCOUNTS.items()))
    for view in ("int_conversion_types", "int_source_numbers", "int_path_unit_touchpoints", "int_markov_steps"):
        connection.execute(f"create or replace view intermediate.{view} as {models[view]}")

    def run(touches, conversions, chance):
        known = {*ACCOUNTS, *(person for _, person, _ in conversions)}
        steps = [
            (person, f"t{number:02}", source, f"c{number % 2}", source == "direct", TODAY + timedelta(days=day))
            for number, (person, day, source) in enumerate(touches)
        ]
        rows = {
            "int_identified_touchpoints": [step for step in steps if step[0] in known],
            "int_anonymous_touchpoints": [step for step in steps if step[0] not in known],
            "int_conversions": [
                (f"c{number}", kind, TODAY, person, ACCOUNTS.get(person, "lonely"), "crm")
                for number, (kind, person, _) in enumerate(conversions)
            ],
            "int_path_touchpoints": [
                (f"c{number}", f"t{place}", source, TODAY)
                for number, (_, _, sources) in enumerate(conversions)
                for place, source in enumerate(sources)
            ],
        }
        for table, values in rows.items():
            connection.execute(f"delete from intermediate.{table}")
            chance.shuffle(values)
            if values:
                marks = ", ".join("?" * len(values[0]))
                connection.executemany(f"insert into intermediate.{table} values ({marks})", values)
        found = {kind: {} for kind in TYPES}
        for kind, state, target, count in connection.sql(models["int_markov_transitions"]).fetchall():
            found[kind][state, target] = count
        return found

    return order, VARIANTS[order], run


def paths_by_hand(kind, variables, touches, conversions):
    """Every path of a type in plain words: those of its conversions, and those of units that never had one."""
    paths = [(sources or ["crm"], True) for other, _, sources in conversions if other == kind]
    by_account = kind in DEAL_TYPES and variables.get("attribution_unit") != "person"

    def unit(person):
        return ACCOUNTS.get(person, person) if by_account else person

    converted = {unit(person) for other, person, _ in conversions if other == kind}
    lookback = variables.get("attribution_lookback_days_by_type", {}).get(kind, variables["attribution_lookback_days"])
    walks = {}
    for number, (person, day, source) in enumerate(touches):
        if unit(person) not in converted:
            walks.setdefault(unit(person), []).append((day, number, source))
    for walk in walks.values():
        last_day = max(walk)[0]
        steps = [(day, source, number % 2) for day, number, source in sorted(walk) if day >= last_day - lookback]
        known = [step for step in steps if step[1] != "direct"]
        kept = steps if variables.get("direct_touch_policy") == "keep" else known or steps
        paths.append((sources_of(kept, variables.get("touch_collapse_minutes", 0) / (24 * 60)), False))
    return paths


def sources_of(steps, collapse_days):
    """Sources of a path's steps (day, source, campaign); a repeat of the step before collapses."""
    return [
        step[1]
        for before, step in zip([None, *steps], steps, strict=False)
        if not (collapse_days and before and before[1:] == step[1:] and step[0] - before[0] <= collapse_days)
    ]


@properties
@given(
    touches=st.lists(touch, max_size=25),
    conversions=st.lists(conversion, max_size=5),
    chance=st.randoms(use_true_random=False),
)
def test_the_sql_walks_every_path_once(transitions, touches, conversions, chance):
    order, variables, run = transitions
    found = run(touches, conversions, chance)
    for kind in TYPES:
        paths = paths_by_hand(kind, variables, touches, conversions)
        assert found[kind] == count_steps(paths, order), kind
        exact = exact_effects(paths, order)
        assert effects_of(found[kind]) == pytest.approx({s: float(e) for s, e in exact.items()}, abs=1e-11), kind
