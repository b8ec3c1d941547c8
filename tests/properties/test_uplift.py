"""The uplift model: effects from rates that are known, and factors that bring credits to what is lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from orchestration.attribution.uplift import Paths, Trials, effects, factors, path_effects, source_sets

GOOGLE, LINKEDIN, WEBINAR = range(3)
ALONE, WITH_LINKEDIN, WITH_WEBINAR, WITH_BOTH = [], [LINKEDIN], [WEBINAR], [LINKEDIN, WEBINAR]


def sets(rows, source_count=3):
    return np.array([[source in row for source in range(source_count)] for row in rows])


def trials(*rows):
    """Rows of (first source, further sources, how many, conversions)."""
    first, further, count, conversions = zip(*rows, strict=True)
    return Trials(np.array(first), sets(further), np.array(count, dtype=float), np.array(conversions, dtype=float))


def paths(*rows):
    """Rows of (first source, sources before the lead, sources after it, conversions)."""
    first, before, after, conversions = zip(*rows, strict=True)
    return Paths(np.array(first), sets(before), sets(after), np.array(conversions, dtype=float))


def totals(form: Paths, before, after, factor):
    weights = path_effects(form, before, after) * factor
    return form.conversions @ (weights / weights.sum(axis=1, keepdims=True))


def test_twice_as_often_is_an_effect_of_a_half():
    """LinkedIn doubles the rate, the webinar does nothing, whatever the first source and the other sources are."""
    learned = effects(
        trials(
            (GOOGLE, ALONE, 1_000_000, 50_000),
            (GOOGLE, WITH_LINKEDIN, 500_000, 50_000),
            (GOOGLE, WITH_WEBINAR, 500_000, 25_000),
            (GOOGLE, WITH_BOTH, 500_000, 50_000),
            (LINKEDIN, ALONE, 1_000_000, 10_000),
            (LINKEDIN, WITH_WEBINAR, 1_000_000, 10_000),
        )
    )
    assert learned == pytest.approx([0.25, 0.5, 0], abs=0.04)
    assert learned[1:] == pytest.approx([0.5, 0], abs=0.001)


def test_a_source_of_people_who_convert_anyway_has_no_effect():
    """Webinars come to those whom LinkedIn brought, who convert ten times as often with and without one."""
    learned = effects(
        trials(
            (GOOGLE, ALONE, 100_000, 1_000),
            (GOOGLE, WITH_WEBINAR, 1_000, 10),
            (LINKEDIN, ALONE, 10_000, 1_000),
            (LINKEDIN, WITH_WEBINAR, 10_000, 1_000),
        )
    )
    assert learned[WEBINAR] == pytest.approx(0, abs=0.002)


def test_chance_does_not_tell_sources_apart():
    """At 12 and 10 of 100 against 5 both have the effect of the two together, and so has a source never seen."""
    few = effects(trials((GOOGLE, ALONE, 1000, 50), (GOOGLE, WITH_LINKEDIN, 100, 12), (GOOGLE, WITH_WEBINAR, 100, 10)))
    assert few[LINKEDIN] == few[WEBINAR] == few[GOOGLE]
    assert 0.5 < few[LINKEDIN] < 0.6
    many = effects(
        trials(
            (GOOGLE, ALONE, 100_000, 5000),
            (GOOGLE, WITH_LINKEDIN, 10_000, 1200),
            (GOOGLE, WITH_WEBINAR, 10_000, 1000),
        )
    )
    assert many[LINKEDIN] > many[GOOGLE] > many[WEBINAR]


@pytest.mark.parametrize(
    "seen",
    [
        trials((GOOGLE, ALONE, 100, 0), (GOOGLE, WITH_LINKEDIN, 100, 0)),
        trials((GOOGLE, ALONE, 100, 5)),
        Trials(np.array([], dtype=int), source_sets([], 3), np.array([]), np.array([])),
    ],
    ids=["no conversion", "no further source", "nothing"],
)
def test_nothing_is_learned_from_nothing(seen):
    assert effects(seen).tolist() == [0, 0, 0]


def test_a_source_that_lowers_the_rate_has_no_effect():
    learned = effects(trials((GOOGLE, ALONE, 10_000, 1000), (GOOGLE, WITH_LINKEDIN, 10_000, 100)))
    assert learned[LINKEDIN] == 0


def test_sources_on_both_sides_of_the_lead_lose_what_is_left():
    form = paths((GOOGLE, [GOOGLE, LINKEDIN], [LINKEDIN, WEBINAR], 1))
    lost = path_effects(form, np.array([0.3, 0.4, 0.5]), np.array([0.3, 0.2, 0.1]))
    assert lost.tolist() == [pytest.approx([1, 1 - 0.6 * 0.8, 0.1])]


def test_factors_bring_credits_to_what_is_lost():
    """Of 200 conversions all need Google or the webinar, and LinkedIn half of 100: losses of 100, 100 and 50.

    In proportion, Google would get 100 / 1.5 = 66.7 of the 100 that it shares. Due are 80, 80 and 40; the webinar's 100
    are its alone, so Google and LinkedIn share 100 as 80 to 40.
    """
    form = paths((GOOGLE, WITH_LINKEDIN, [], 50), (GOOGLE, [], WITH_LINKEDIN, 50), (WEBINAR, [], [], 100))
    half = np.array([0.0, 0.5, 0.0])
    assert totals(form, half, half, factors(form, half, half)) == pytest.approx([200 / 3, 100 / 3, 100], abs=1e-6)


def test_a_source_keeps_what_is_its_alone():
    """Losses of 200 and 50 are 160 and 40 due; of the 160, 100 are paths of Google alone, so 60 of the shared ones."""
    form = paths((GOOGLE, ALONE, [], 100), (GOOGLE, WITH_LINKEDIN, [], 100))
    half = np.array([0.0, 0.5, 0.0])
    assert totals(form, half, half, factors(form, half, half)) == pytest.approx([160, 40, 0], abs=1e-6)


source_set = st.sets(st.sampled_from([GOOGLE, LINKEDIN, WEBINAR]))
counts = st.tuples(st.integers(0, 400), st.integers(0, 400)).map(lambda pair: (max(pair) + 1, min(pair)))
rows_of_trials = st.lists(
    st.tuples(st.sampled_from([GOOGLE, LINKEDIN, WEBINAR]), source_set, counts).map(lambda row: (*row[:2], *row[2])),
    min_size=1,
    max_size=8,
)


def effects_again(rows):
    """A second time: the most probable rates found by a general optimiser, and the shrinkage written source by source.

    Numbers 0 to 2 are the logarithms of the rates of first sources, 3 to 5 those of the ratios.
    """
    common = np.log(sum(row[3] for row in rows) / sum(row[2] for row in rows))
    precisions = np.array([1, 1, 1, 0.001, 0.001, 0.001])
    marks = [np.array([first == i for i in range(3)] + [i in further for i in range(3)]) for first, further, *_ in rows]

    def improbability(found):
        logs = [common + mark @ found for mark in marks]
        pairs = zip(rows, logs, strict=True)
        return sum(n * np.exp(log) - won * log for (*_, n, won), log in pairs) + precisions @ found**2 / 2

    def slope(found):
        pairs = zip(rows, marks, strict=True)
        slopes = ((n * np.exp(common + mark @ found) - won) * mark for (*_, n, won), mark in pairs)
        return sum(slopes) + precisions * found

    def curve(found):
        pairs = zip(rows, marks, strict=True)
        curves = (row[2] * np.exp(common + mark @ found) * np.outer(mark, mark) for row, mark in pairs)
        return sum(curves) + np.diag(precisions)

    found = optimize.minimize(improbability, np.zeros(6), jac=slope, hess=curve, method="trust-exact", tol=1e-9).x
    variances = np.diag(np.linalg.inv(curve(found)))
    seen = [i for i in range(3) if any(i in row[1] for row in rows)]
    if not seen:
        return [0, 0, 0]
    ratios = {i: (found[3 + i], variances[3 + i]) for i in seen}
    total = sum(1 / variance for _, variance in ratios.values())
    centre = sum(ratio / variance for ratio, variance in ratios.values()) / total
    spread = sum((ratio - centre) ** 2 / variance for ratio, variance in ratios.values())
    between = 0.0
    if len(seen) > 1 and stats.chi2.sf(spread, len(seen) - 1) < 0.01:
        squares = sum(1 / variance**2 for _, variance in ratios.values())
        between = (spread - (len(seen) - 1)) / (total - squares / total)
    total = sum(1 / (variance + between) for _, variance in ratios.values())
    centre = sum(ratio / (variance + between) for ratio, variance in ratios.values()) / (total + 1)
    shrunk = {i: centre + (r - centre) * between / (between + v) for i, (r, v) in ratios.items()}
    return [max(0, 1 - np.exp(-shrunk.get(i, centre))) for i in range(3)]


@settings(max_examples=200, deadline=None)
@given(rows=rows_of_trials)
def test_effects_are_those_of_a_second_way_to_find_them(rows):
    if sum(row[3] for row in rows):
        assert effects(trials(*rows)) == pytest.approx(effects_again(rows), abs=1e-5)


effect = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9]), min_size=3, max_size=3).map(np.array)
forms = st.lists(
    st.tuples(st.sampled_from([GOOGLE, LINKEDIN, WEBINAR]), source_set, source_set, st.integers(1, 50)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(rows=forms, before=effect, after=effect)
def test_factors_never_take_all_from_a_source_and_come_closer(rows, before, after):
    form = paths(*rows)
    factor = factors(form, before, after)
    assert ((factor >= 0.333333333) & (factor <= 3)).all()
    assert totals(form, before, after, factor).sum() == pytest.approx(form.conversions.sum())
    assert factors(paths(*reversed(rows)), before, after) == pytest.approx(factor, abs=1e-6)


def test_sets_are_read_from_their_numbers():
    large = str(2**100 + 1)
    assert np.flatnonzero(source_sets([large], 126)[0]).tolist() == [0, 100]
    assert source_sets(["0", "5"], 3).tolist() == [[False, False, False], [True, False, True]]
