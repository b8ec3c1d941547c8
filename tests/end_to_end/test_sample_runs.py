"""A whole run of the sample company: the marts have its known truth."""

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from sample_company import write_sample_company
from sample_company.accuracy import TRUTH, distance_to_truth, read_shares
from tests.end_to_end.cohort_costs import judged_costs
from tests.end_to_end.nightly_runs import PROJECT_DIR, assert_columns_are_documented, query, run_nightly
from tests.end_to_end.pages import check, read_queries

UNTIL = date(2026, 7, 1)
RUN = {"as_of": "2026-07-02"}
# The part about the sample company; tests/properties/test_three_companies.py has the others.
PAGE = read_queries(
    (PROJECT_DIR / "docs" / "reading_the_numbers.md").read_text().partition("## Three other companies")[0]
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The company that `make run` makes: docs/reading_the_numbers.md is about it."""
    home = tmp_path_factory.mktemp("sample")
    write_sample_company(home, scale=1, seed=1, until=UNTIL)
    assert run_nightly(home, **RUN) == 0
    return home


@pytest.fixture(scope="module")
def truth(home):
    return json.loads((home / "sample_company" / "truth.json").read_text())


def coverage(home):
    return query(home, "select passed, figure from marts.check_results where check_name = 'lead_source_coverage'")[0]


def test_manual_leads_without_a_source_set_off_the_alarm(home):
    passed, figure = coverage(home)
    assert not passed
    assert 0.10 < figure < 0.14


@pytest.mark.slowest
def test_without_manual_leads_there_is_no_alarm(tmp_path):
    write_sample_company(tmp_path, scale=0.15, seed=1, until=UNTIL, manual_leads=False)
    assert run_nightly(tmp_path, **RUN) == 0
    passed, figure = coverage(tmp_path)
    assert passed
    assert figure < 0.10


def test_predictions_come_true(home):
    """Of the six months before; the rule score and the base rate know less of them."""
    rows = query(
        home,
        """
        select
            outcome,
            sum(predictions * predicted_rate) / sum(predictions) as predicted,
            sum(reached) / sum(predictions) as observed,
            sum(predictions * auc) / sum(predictions) as auc,
            sum(predictions * score_auc) / sum(predictions) as score_auc,
            sum(predictions * brier_score) / sum(predictions) as model,
            sum(predictions * least(score_brier_score, base_rate_brier_score)) / sum(predictions) as others
        from marts.lead_prediction_reliability
        where band = 'all' and horizon_days = 90
        group by outcome
        """,
    )
    assert {outcome for outcome, *_ in rows} == {"sql", "opportunity", "customer"}
    for _, predicted, observed, auc, score_auc, model, others in rows:
        assert predicted == pytest.approx(observed, rel=0.15)
        assert auc > 0.85 > score_auc + 0.1
        assert model < others


def test_open_leads_are_predicted_or_it_is_said_why_not(home):
    probabilities = [
        f"{outcome}_probability_{days}_days" for outcome in ("sql", "opportunity", "customer") for days in (90, 365)
    ]
    ((leads, *counts, refusals, expected),) = query(
        home,
        f"""
        select count(*), {", ".join(f"count({name})" for name in probabilities)},
            count(refusal), count(expected_value_90_days)
        from marts.lead_predictions
        """,
    )
    within_90, within_365 = counts[::2], counts[1::2]
    assert leads == refusals > 4000
    assert all(count > 3000 for count in within_90)
    # A year and a half of leads cannot say what is right about a year.
    assert within_365 == [0, 0, 0]
    assert expected == within_90[2] == leads


def test_conservation_holds_on_a_messy_company(home):
    rows = query(home, "select check_name, passed from marts.check_results where check_name like '%_conserved'")
    assert dict(rows) == {"spend_conserved": True, "credit_conserved": True, "rows_conserved": True}
    assert query(home, "select count(*) > 0 from marts.rejected_rows") == [(True,)]


def test_marts_repeat_what_the_simulator_did(home, truth):
    """Every customer it made, through the lead that brought it; every euro, under the source it was spent on."""
    customers = query(home, "select lead_id from marts.fct_customers order by 1")
    assert customers == sorted((customer["lead_id"],) for customer in truth["customers"])
    spent = dict(query(home, "select source, sum(amount) from marts.fct_investment_daily group by 1"))
    for source, figures in truth["sources"].items():
        simulated = figures["simulated"]
        if not simulated["spend"]["ads_usd"]:
            assert float(spent.get(source, 0)) == pytest.approx(simulated["investment"], abs=0.01), source


def test_most_customers_are_traced_to_their_true_source(home, truth):
    """Messy tags, cookies and CRM words cost a few of them."""
    found = dict(query(home, "select lead_id, original_source from marts.fct_customers"))
    right = sum(found[customer["lead_id"]] == customer["source"] for customer in truth["customers"])
    assert right / len(found) > 0.9


def test_models_come_close_to_what_sources_truly_contribute(home):
    """Not equal to it: no model sees who would have bought anyway."""
    shares = read_shares(home)
    assert len(shares) == 11
    for model, by_source in shares.items():
        assert sum(by_source.values()) == pytest.approx(1, abs=1e-9), model
    distances = {model: distance_to_truth(shares, model) for model in shares if model != TRUTH}
    # Of some sixty customers. docs/attribution_models.md has the distances of larger companies.
    whole_path = ("w_shaped", "position_based", "full_path", "linear", "shapley", "uplift")
    assert max(distances[model] for model in whole_path) < 0.25 < distances["last_touch"]


def test_leads_are_answered_at_the_pace_of_their_source(home):
    """The simulator answers events in a day and paid clicks in an hour and a half: the alarm names the events."""
    assert query(home, "select passed from marts.check_results where check_name = 'sla_compliance'") == [(False,)]
    compliance = query(home, """
        select value, missed_share, median_first_response_minutes from marts.sla_compliance
        where dimension = 'source_type'
    """)  # fmt: skip
    minutes = {value: median for value, _, median in compliance}
    assert minutes["event"] > 600 > 200 > minutes["paid_social"]
    assert max(compliance, key=lambda row: row[1])[0] in ("event", "unknown")


def test_leads_of_every_temperature_find_a_team(home):
    routed = query(
        home, "select temperature, count(*), count(team), count(respond_by) from marts.lead_routing group by 1"
    )
    assert {temperature for temperature, *_ in routed} == {"cold", "warm", "hot"}
    for _, leads, with_team, with_deadline in routed:
        assert leads == with_team == with_deadline
    open_leads = query(home, """
        select count(*) from marts.fct_leads where stage not in ('opportunity', 'customer', 'disqualified')
    """)  # fmt: skip
    assert open_leads == [(sum(leads for _, leads, *_ in routed),)]


def test_sums_over_sources_equal_totals_under_every_model(home):
    """Leads, deals, customers, pipeline and won amounts; investment to the cent."""
    totals = query(home, """
        select
            count(*) filter (conversion_type = 'lead'), count(*) filter (conversion_type = 'customer'),
            sum(value) filter (conversion_type = 'opportunity'), sum(value) filter (conversion_type = 'customer')
        from marts.fct_conversions
    """)[0]  # fmt: skip
    investment = query(home, "select sum(amount) from marts.fct_investment_daily")[0][0]
    models = query(home, """
        select attribution_model, sum(leads), sum(customers), sum(pipeline), sum(revenue), sum(investment)
        from marts.source_performance_monthly group by 1
    """)  # fmt: skip
    assert len(models) == 10
    for model, *sums, spent in models:
        assert [float(value) for value in sums] == pytest.approx([float(value) for value in totals], abs=0.005), model
        assert spent == investment, model
        assert isinstance(spent, Decimal)


def test_quarters_are_the_sum_of_their_months(home):
    """Every additive measure, under every model, to the cent; and each quarter says what to do, with its reason."""
    sums = "attribution_model, sum(investment), sum(pipeline), sum(revenue), sum(leads), sum(customers)"
    monthly, quarterly = (
        query(home, f"select {sums} from marts.source_performance_{grain} group by 1 order by 1")
        for grain in ("monthly", "quarterly")
    )
    assert len(monthly) == 10
    for month, quarter in zip(monthly, quarterly, strict=True):
        assert month[:4] == quarter[:4]
        assert month[4:] == pytest.approx(quarter[4:], abs=1e-5)
    unsaid = "recommendation is null or recommendation_reason is null"
    assert query(home, f"select count(*) from marts.source_performance_quarterly where {unsaid}") == [(0,)]


def test_the_best_source_is_to_be_doubled_and_the_worst_stopped_whatever_the_model(home, truth):
    ratios = {source: figures["ltv_cac_ratio"] for source, figures in truth["sources"].items()}
    ratios = {source: ratio for source, ratio in ratios.items() if ratio is not None}
    best, worst = max(ratios, key=ratios.__getitem__), min(ratios, key=ratios.__getitem__)
    said = query(home, f"""
        select source, recommendation, count(*) from marts.source_performance_quarterly
        where quarter = date '2026-04-01' and source in ('{best}', '{worst}') group by all
    """)  # fmt: skip
    # The interval of the worst reaches 1 where every source that met a customer has an equal part of it (shapley).
    assert set(said) - {(worst, "insufficient_data", 1)} in (
        {(best, "double", 10), (worst, "stop", n)} for n in (9, 10)
    )
    # So says docs/reading_the_numbers.md.
    assert (best, worst) == ("customer_referral", "meta_ads")
    assert ratios["direct"] > 3
    assert [source for source, ratio in ratios.items() if ratio < 1] == [worst]
    top = query(home, "select source from marts.top_sources where attribution_model = 'w_shaped' and rank <= 3")
    assert (best,) in top
    assert (worst,) not in top


def test_what_is_doubled_is_truly_healthy_and_what_is_stopped_truly_is_not(home, truth):
    """Under the models of whole paths; the true ratio is that of the customers whose first source it was."""
    rows = query(home, """
        select attribution_model, source, recommendation from marts.source_performance_quarterly
        where quarter = date '2026-04-01' and recommendation in ('double', 'stop')
            and attribution_model in ('w_shaped', 'position_based', 'full_path', 'linear')
    """)  # fmt: skip
    assert len(rows) > 8
    for model, source, recommendation in rows:
        ratio = truth["sources"][source]["ltv_cac_ratio"]
        # Retargeting is never the first source.
        if ratio is not None:
            # To the digit that a recommendation is shown with: one source's true ratio is 2.99.
            assert round(ratio, 1) >= 3 if recommendation == "double" else ratio < 1, (model, source, recommendation)


@pytest.mark.parametrize("shown", PAGE, ids=lambda shown: shown.sql.split("from marts.")[1].split()[0])
def test_the_page_to_read_by_shows_what_the_release_gives(home, shown):
    check(shown, home / "serve" / "current" / "warehouse.duckdb")


def test_shares_of_the_portfolio_sum_to_one(home):
    rows = query(home, """
        select sum(lead_share), sum(investment_share) from marts.source_portfolio
        where quarter between date '2025-07-01' and date '2026-06-30' group by quarter
        union all select sum(lead_share), sum(investment_share) from marts.portfolio_balance
        where quarter between date '2025-07-01' and date '2026-06-30' group by quarter
    """)  # fmt: skip
    assert len(rows) == 8
    for row in rows:
        assert row == pytest.approx((1, 1))


def test_costs_per_customer_give_the_investment_back(home):
    """Under every model: over months and sources, CAC x customers, and what was spent where nobody came."""
    investment, customers = query(home, """
        select
            (select sum(amount) from marts.fct_investment_daily),
            (select count(*) from marts.fct_customers)
    """)[0]  # fmt: skip
    for mart, won in (
        ("source_performance_monthly", "customers"),
        ("source_performance_monthly", "cohort_customers"),
        ("fct_source_cac_ltv", "customers"),
    ):
        cac = "cohort_cac" if won == "cohort_customers" else "cac_calendar"
        rows = query(home, f"""
            select attribution_model, sum(coalesce({cac} * {won}, investment)), sum(investment), sum({won}),
                count(*) filter ({won} > 0 and not ({cac}_low <= {cac} and {cac} <= {cac}_high))
            from marts.{mart} group by 1
        """)  # fmt: skip
        assert len(rows) == 10, mart
        for model, from_cac, spent, found, outside in rows:
            assert from_cac == pytest.approx(float(investment), abs=0.005), (mart, model)
            assert spent == investment, (mart, model)
            assert found == pytest.approx(customers, abs=1e-6), (mart, won, model)
            assert outside == 0, (mart, model)


@pytest.mark.parametrize("model", ["w_shaped", "first_touch"])
@pytest.mark.parametrize(
    ("quarter", "known_before"), [("2026-04-01", date(2026, 7, 1)), ("2025-10-01", date(2026, 1, 1))]
)
def test_what_a_customer_costs_is_worked_out_again_from_conversions_and_spend(home, model, quarter, known_before):
    """Of every source, and as it was known at the end of the quarter."""
    rows = query(home, f"""
        select source, cac_investment::double, cac_customers from marts.source_evidence
        where quarter = date '{quarter}' and attribution_model = '{model}'
    """)  # fmt: skip
    with duckdb.connect(str(home / "warehouse" / "warehouse.duckdb"), read_only=True) as connection:
        costs = judged_costs(connection, model, known_before)
    assert len(rows) > 20
    for source, spend, customers in rows:
        assert (spend, customers) == pytest.approx(tuple(costs[source]), abs=0.005), source


def test_cohorts_hold_every_customer_and_all_their_revenue(home):
    cohorts = query(home, """
        select count(*) filter (not 0 <= retention or retention > 1 or grr > nrr), sum(revenue),
            sum(customers) filter (month_number = 0)
        from marts.customer_retention
    """)[0]  # fmt: skip
    revenue, customers = query(home, "select sum(revenue_to_date), count(*) from marts.fct_customers")[0]
    assert cohorts == (0, revenue, customers)
    # Who comes back was there before: a cohort never has more customers than it began with.
    assert query(home, """
        select count(*) from marts.customer_retention
        where active_customers > customers or (month_number = 0 and active_customers != customers)
    """) == [(0,)]  # fmt: skip


def test_sources_that_look_free_carry_their_costs(home):
    """Content, team time, events, software and commissions; only ads are in the other cost type."""
    inbound = query(home, """
        select distinct source from marts.fct_investment_daily inner join marts.dim_sources using (source)
        where category = 'inbound' and cost_type != 'ad_spend' and amount > 0
    """)  # fmt: skip
    assert {("organic_search",), ("direct",), ("organic_social",), ("content_download",)} <= set(inbound)
    kinds = {kind for (kind,) in query(home, "select distinct cost_type from marts.fct_investment_daily")}
    assert kinds == {"ad_spend", "agency", "commission", "content", "event", "software", "team"}


def test_the_documented_columns_are_the_built_ones(home):
    assert_columns_are_documented(home)


def test_the_release_has_its_documentation(home):
    page = (home / "serve" / "current" / "docs" / "index.html").read_text()
    assert "One row per source and attribution model, over all time" in page


def test_make_run_shows_the_answer(home):
    """Without another run: what it prints last, read from the release."""
    shown = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.summary"],
        cwd=PROJECT_DIR,
        env={**os.environ, "LSW_HOME": str(home), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.count("lead_source_coverage") == 1
    assert "LTV:CAC" in shown
    assert str(home / "serve/current/warehouse.duckdb") in shown
