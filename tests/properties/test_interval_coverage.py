"""Intervals contain the true figure as often as they state, over a hundred companies whose truth is known.

The project's SQL runs on what the simulation drew, each customer under the source that really brought it: this measures
sampling error, not attribution.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from sample_company.parameters import SOURCES, expected_ltv
from sample_company.simulation import SampleCompany, simulate
from sample_company.tables import DAY
from sample_company.truth import expected_rates
from tests.properties.conftest import CUSTOMER_TABLES, PROJECT_DIR, build

COMPANIES = 100
UNTIL = date(2026, 7, 1)
# The same for every source, so that its true CAC depends on its customers alone.
INVESTMENT = 100_000
NAMES = np.array([source.name for source in SOURCES])
TABLES = CUSTOMER_TABLES | {
    "intermediate.int_investment_daily": f"""
        select source, '' as campaign, 'ad_spend' as cost_type, date '{UNTIL}' - 1 as date,
            {INVESTMENT}::decimal(28, 6) as amount, 0 as impressions, 0 as clicks
        from (select unnest({NAMES.tolist()}) as source)
    """,
    "intermediate.int_leads": "select '' as lead_id, now()::timestamp as created_at where false",
    # Without leads, a customer belongs to the month of its win.
    "marts.attribution_daily": """
        select now()::date as conversion_date, '' as source, '' as attribution_model, '' as conversion_type,
            0::double as conversions, 0::decimal(28, 10) as value
        where false
    """,
    "seeds.source_catalogue": f"select * from '{PROJECT_DIR}/seeds/source_catalogue.csv'",
}


@pytest.fixture(scope="module")
def companies():
    return [simulate(scale=0.5, seed=seed, until=UNTIL, months=18, manual_leads=True) for seed in range(COMPANIES)]


@pytest.fixture(scope="module")
def models(compile_graph):
    return compile_graph({"as_of": str(UNTIL)})


@pytest.fixture(scope="module")
def figures(connection, models, companies) -> list[dict[str, dict[str, float | None]]]:
    """Rows of fct_source_cac_ltv by source, of each company."""
    rows = []
    for company in companies:
        register(connection, company)
        build(connection, models, TABLES, "fct_source_cac_ltv")
        found = connection.sql("select * from marts.fct_source_cac_ltv where attribution_model = 'first_touch'")
        dicts = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        rows.append({row["source"]: row for row in dicts})
    return rows


def register(connection, company: SampleCompany) -> None:
    """The company's customers and payments, as CUSTOMER_TABLES need them."""
    people, deals, payments = company.people, company.deals, company.payments
    won = np.flatnonzero(people.is_won)
    first_day = np.datetime64(company.clock.first_day)
    first_deals = pd.DataFrame({
        "account_id": people.account[won].astype(str),
        "won_at": first_day + (people.closed_at[won] // DAY).astype("timedelta64[D]"),
        "source": NAMES[people.source[won]],
        "attribution_model": "first_touch",
    })  # fmt: skip
    revenue = pd.DataFrame({
        "account_id": people.account[deals.person[payments.deal]].astype(str),
        "kind": payments.kind.astype(str),
        "amount": payments.amount_eur,
        "revenue_on": first_day + payments.day.astype("timedelta64[D]"),
        "period_start": pd.NaT,
        "period_end": pd.NaT,
    })  # fmt: skip
    connection.register("first_deals", first_deals)
    connection.register("payments", revenue)


def assert_covers(intervals: Iterable[tuple[str, float | None, float | None, float]]) -> None:
    """Of source, low end, high end and truth: nine times of ten at least, overall and for each source often tried."""
    covered, tried = Counter(), Counter()
    for source, low, high, truth in intervals:
        tried[source] += 1
        covered[source] += (low is None or low <= truth) and (high is None or truth <= high)
    for source in sorted(tried):
        print(f"{source}: {covered[source]} of {tried[source]}")
    assert sum(tried.values()) > 1000
    assert sum(covered.values()) / sum(tried.values()) >= 0.93
    often = [source for source, times in tried.items() if times >= 50]
    assert len(often) > 10
    assert {source for source in often if covered[source] / tried[source] < 0.9} == set()


def test_lifetime_values_cover_the_true_ones(figures):
    truth = {source.name: expected_ltv(source) for source in SOURCES}
    assert_covers(
        (source, row["projected_ltv_low"], row["projected_ltv_high"], truth[source])
        for rows in figures
        for source, row in rows.items()
        if row["projected_ltv_low"] is not None
    )


def true_cacs(figures) -> dict[str, float]:
    """What a customer costs by the mean number of customers over all companies, for sources that have one on average.

    A Poisson mean of 0.16 (podcast) lies just outside the score interval of the count 1: coverage there is 84%.
    """
    customers = Counter()
    for rows in figures:
        customers.update({source: row["customers"] for source, row in rows.items()})
    return {source: INVESTMENT * len(figures) / count for source, count in customers.items() if count >= len(figures)}


def test_costs_per_customer_cover_the_true_ones(figures):
    truth = true_cacs(figures)
    assert_covers(
        (source, row["cac_low"], row["cac_high"], truth[source])
        for rows in figures
        for source, row in rows.items()
        if source in truth
    )


def test_ratios_of_lifetime_value_to_cost_cover_the_true_ones(figures):
    cacs = true_cacs(figures)
    truth = {source.name: expected_ltv(source) / cacs[source.name] for source in SOURCES if source.name in cacs}
    assert_covers(
        (source, row["ltv_cac_low"], row["ltv_cac_high"], truth[source])
        for rows in figures
        for source, row in rows.items()
        if row["ltv_cac_low"] is not None and source in truth
    )


def test_conversion_rates_cover_the_true_ones(connection, compile_inline, companies):
    """Of leads created at least half a year ago, so that all have had their time."""
    counts = []
    for company in companies:
        people = company.people
        rows = people.is_lead & ~people.is_deleted & (people.lead_at < company.clock.end - 180 * DAY)
        rates = expected_rates(company)
        for code, name in enumerate(NAMES):
            own = rows & (people.source == code)
            if own.any():
                truth = rates[name]["lead_to_customer_rate"]
                counts.append((name, int((own & people.is_won).sum()), int(own.sum()), truth))
    connection.register("counts", pd.DataFrame(counts, columns=["source", "customers", "leads", "truth"]))
    ends = "{{ wilson('customers', 'leads', '-') }}, {{ wilson('customers', 'leads', '+') }}"
    assert_covers(connection.sql(compile_inline(f"select source, {ends}, truth from counts")).fetchall())
