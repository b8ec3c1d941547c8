"""Intervals hold what is true as often as they say, over a hundred companies whose truth is known.

The economic models run on what the simulation drew, each customer under the source that really brought it: what is
measured here is chance, not attribution.
"""

from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from sample_company.parameters import SOURCES, expected_ltv
from sample_company.simulation import SampleCompany, simulate
from sample_company.tables import DAY
from sample_company.truth import expected_rates

COMPANIES = 100
UNTIL = date(2026, 7, 1)
CHAIN = (
    "int_billing_periods",
    "int_customers",
    "int_retention_curves",
    "int_source_margins",
    "int_source_lifetime_values",
    "int_source_ltv_intervals",
)
NAMES = np.array([source.name for source in SOURCES])


@pytest.fixture(scope="module")
def companies():
    return [simulate(scale=0.5, seed=seed, until=UNTIL, months=18, manual_leads=True) for seed in range(COMPANIES)]


@pytest.fixture(scope="module")
def models(compile_models):
    return compile_models({"as_of": str(UNTIL)})


def fill(connection, company: SampleCompany) -> None:
    """The tables that the chain starts from."""
    people, deals, payments = company.people, company.deals, company.payments
    won = np.flatnonzero(people.is_won)
    first_day = np.datetime64(company.clock.first_day)
    first_deals = pd.DataFrame({
        "account_id": people.account[won].astype(str),
        "won_at": first_day + (people.closed_at[won] // DAY).astype("timedelta64[D]"),
        "source": NAMES[people.source[won]],
    })  # fmt: skip
    revenue = pd.DataFrame({
        "account_id": people.account[deals.person[payments.deal]].astype(str),
        "kind": payments.kind.astype(str),
        "amount": payments.amount_eur,
        "revenue_on": first_day + payments.day.astype("timedelta64[D]"),
    })  # fmt: skip
    connection.register("first_deals", first_deals)
    connection.register("payments", revenue)
    for table, sql in {
        "seeds.source_settings": "select '' as source, 0.5 as gross_margin_rate where false",
        "intermediate.int_deals": """
            select account_id as deal_id, account_id, '' as lead_id, true as is_first_won, won_at::timestamp as won_at,
                0::decimal(18, 6) as amount
            from first_deals
        """,
        "intermediate.int_deal_sources": "select account_id as deal_id, source as original_source from first_deals",
        "intermediate.int_revenue": """
            select account_id, kind, amount::decimal(18, 6) as amount, revenue_on::date as revenue_on from payments
        """,
        "intermediate.int_customer_shares": """
            select account_id, 'first_touch' as attribution_model, source, 1.0::double as share from first_deals
        """,
    }.items():
        connection.execute(f"create or replace table {table} as {sql}")


def assert_covers(covered: Counter, tried: Counter) -> None:
    """Nine times of ten at least: over all sources, and for each that was often tried."""
    for source in sorted(tried):
        print(f"{source}: {covered[source]} of {tried[source]}")
    assert sum(tried.values()) > 1000
    assert sum(covered.values()) / sum(tried.values()) >= 0.93
    often = [source for source, times in tried.items() if times >= 50]
    assert len(often) > 10
    assert {source for source in often if covered[source] / tried[source] < 0.9} == set()


def test_lifetime_values_cover_the_true_ones(connection, models, companies):
    truth = {source.name: expected_ltv(source) for source in SOURCES}
    covered, tried = Counter(), Counter()
    for company in companies:
        fill(connection, company)
        for model in CHAIN:
            connection.execute(f"create or replace table intermediate.{model} as {models[model]}")
        rows = connection.sql("""
            select source, projected_ltv_low, projected_ltv_high from intermediate.int_source_ltv_intervals
        """).fetchall()
        for source, low, high in rows:
            tried[source] += 1
            covered[source] += low <= truth[source] <= high
    assert_covers(covered, tried)


def test_conversion_rates_cover_the_true_ones(companies):
    """Of leads created at least half a year ago, so that all have had their time."""
    covered, tried = Counter(), Counter()
    for company in companies:
        people = company.people
        rows = people.is_lead & ~people.is_deleted & (people.lead_at < company.clock.end - 180 * DAY)
        rates = expected_rates(company)
        for code, name in enumerate(NAMES):
            own = rows & (people.source == code)
            if own.any():
                low, high = proportion_confint((own & people.is_won).sum(), own.sum(), method="wilson")
                tried[name] += 1
                covered[name] += low <= rates[name]["lead_to_customer_rate"] <= high
    assert_covers(covered, tried)
