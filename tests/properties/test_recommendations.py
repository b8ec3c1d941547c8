"""A recommendation does not depend on where in its interval the true value lies."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import PROJECT_DIR

VARS = {"ltv_cac_healthy": 3, "ltv_cac_break_even": 1, "recommendation_min_months": 6, "interval_z": 2}
RATIOS = st.one_of(st.sampled_from([0.0, 0.999999, 1.0, 2.999999, 3.0]), st.floats(-2, 12).map(lambda x: round(x, 6)))
# Deals of a quarter as they come: investment, customers by credit (whole or not), what one is worth, and how surely.
SOURCES = st.tuples(
    st.integers(0, 100_000),
    st.one_of(st.just(0.0), st.floats(0.01, 60).map(lambda x: round(x, 6))),
    st.floats(-500, 20_000).map(lambda x: round(x, 2)),
    st.floats(1, 5).map(lambda x: round(x, 3)),
)


@pytest.fixture(scope="module")
def models(compile_models) -> dict[str, str]:
    return compile_models(VARS)


@pytest.fixture(scope="module")
def company(connection, models):
    """The tables that both models read, empty but for the catalogue."""
    columns = "month date, source varchar, attribution_model varchar, investment decimal(28, 10), leads double"
    counts = ", ".join(f"{name} double" for name in ("mqls", "sqls", "opportunities", "customers", "cohort_customers"))
    connection.execute(f"""
        create table marts.source_totals_monthly (
            {columns}, {counts}, pipeline decimal(28, 10), revenue decimal(28, 10));
        create table marts.source_step_rates (
            quarter date, source varchar, step varchar, rate double, overall_rate double, weakness_rank integer);
        create table marts.source_cohorts (
            quarter date, is_hindsight boolean, month date, source varchar, attribution_model varchar,
            investment decimal(28, 10), customers double, customers_before double, is_mature boolean,
            maturity_share double, maturity_share_before double);
        create table seeds.recommendation_texts as from '{PROJECT_DIR}/seeds/recommendation_texts.csv';
        create table seeds.source_catalogue as select 's' || i as source, false as is_unclear from range(200) t(i);
        create table intermediate.int_source_lifetime_values (
            known_on date, source varchar, attribution_model varchar, projected_ltv double);
        create table intermediate.int_source_ltv_intervals (
            known_on date, source varchar, attribution_model varchar, customers double, projected_ltv double,
            projected_ltv_low double, projected_ltv_high double);
    """)
    return connection


def spend(connection, sources):
    """Sources s0, s1... of one quarter and one more, a month long before in which each already was there."""
    connection.execute("delete from marts.source_totals_monthly")
    for month, factor in (("2024-01-01", 0), ("2026-01-01", 1)):
        connection.executemany(
            f"insert into marts.source_totals_monthly values (date '{month}', ?, 'linear', ?, 0, 0, 0, 0, ?, 0, 0, 0)",
            [(f"s{number}", cost * factor, won * factor) for number, (cost, won) in enumerate(sources)],
        )
    # All spend has won its customers.
    connection.execute("""
        delete from marts.source_cohorts;
        insert into marts.source_cohorts
        select month, false, month, source, attribution_model, investment, customers, 0, true, 1, 0
        from marts.source_totals_monthly
    """)


def recommendations(connection, models) -> dict[str, str]:
    sql = models["source_verdicts_then_and_now"]
    rows = connection.execute(
        f"select source, recommendation from ({sql}) where quarter = date '2026-01-01'"
    ).fetchall()
    return dict(rows)


def judge(connection, models, evidence) -> list[str]:
    """The recommendation for each (low, high, ratio) of LTV:CAC."""
    spend(connection, [(1, 1)] * len(evidence))
    connection.execute("""
        create or replace table marts.source_evidence_then_and_now (
            quarter date, is_hindsight boolean, source varchar, attribution_model varchar,
            months_of_evidence integer, investment double, leads double, customers double, pipeline_share double,
            ltv_cac_ratio double, ltv_cac_low double, ltv_cac_high double, cac_basis varchar, cac_from date,
            cac_until date, cac_investment double, cac_customers double)
    """)
    connection.executemany(
        "insert into marts.source_evidence_then_and_now values"
        " (date '2026-01-01', false, ?, 'linear', 9, 1, 1, 1, 0.1, ?, ?, ?, 'cohort', date '2025-01-01',"
        " date '2025-12-01', 1, 1)",
        [(f"s{number}", ratio, low, high) for number, (low, high, ratio) in enumerate(evidence)],
    )
    found = recommendations(connection, models)
    return [found[f"s{number}"] for number in range(len(evidence))]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(RATIOS, min_size=4, max_size=4).map(sorted), min_size=1, max_size=40))
def test_a_recommendation_holds_wherever_in_its_interval_the_truth_lies(company, models, intervals):
    """At each end, at every narrower interval, and at the point itself: knowing more never turns it around."""
    wide = judge(company, models, [(low, high, one) for low, one, _, high in intervals])
    narrow = judge(company, models, [(one, other, one) for _, one, other, _ in intervals])
    points = [judge(company, models, [(interval[place],) * 3 for interval in intervals]) for place in range(4)]
    for number, said in enumerate(wide):
        if said != "insufficient_data":
            assert narrow[number] == said
            assert {at[number] for at in points} == {said}
    # A point is always judged: the test cannot pass by saying nothing.
    assert not any("insufficient_data" in at for at in points)


@settings(max_examples=60, deadline=None)
@given(st.lists(SOURCES, min_size=1, max_size=40))
def test_evidence_holds_its_own_ratio_and_recommends_nothing_it_does_not_hold(company, models, sources):
    """From money and customers to the word: the interval is around the ratio, and the word is the ratio's own."""
    company.execute("delete from intermediate.int_source_lifetime_values")
    company.execute("delete from intermediate.int_source_ltv_intervals")
    for number, (_, won, worth, factor) in enumerate(sources):
        if won:
            company.execute(
                "insert into intermediate.int_source_lifetime_values values (date '2026-03-31', ?, 'linear', ?)",
                [f"s{number}", worth],
            )
        if won and worth > 0:
            company.execute(
                "insert into intermediate.int_source_ltv_intervals values (date '2026-03-31', ?, 'linear', ?, ?, ?, ?)",
                [f"s{number}", won, worth, worth / factor, worth * factor],
            )
    spend(company, [(cost, won) for cost, won, _, _ in sources])
    company.execute(f"create or replace table marts.source_windows as {models['source_windows']}")
    company.execute(f"create or replace table marts.source_cac as {models['source_cac']}")
    evidence = models["source_evidence_then_and_now"]
    company.execute(f"create or replace table marts.source_evidence_then_and_now as {evidence}")
    said = recommendations(company, models)
    rows = company.execute("""
        select source, investment, ltv_cac_ratio, ltv_cac_low, ltv_cac_high from marts.source_evidence_then_and_now
        where quarter = date '2026-01-01'
    """).fetchall()
    assert len(rows) == len(sources)
    for source, investment, ratio, low, high in rows:
        if not investment:
            assert (ratio, low, high) == (None, None, None)
            assert said[source] in ("keep", "insufficient_data")
        elif ratio is not None and low is not None:
            assert low - 1e-6 <= ratio
            assert high is None or ratio <= high + 1e-6
            if said[source] in ("double", "keep"):
                assert ratio >= 3
            if said[source] == "stop":
                assert ratio < 1
            if said[source] == "fix":
                assert 1 <= ratio < 3
