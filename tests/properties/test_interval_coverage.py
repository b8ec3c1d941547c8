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
from tests.properties.conftest import PROJECT_DIR, upstream

COMPANIES = 100
UNTIL = date(2026, 7, 1)
# The same for every source, so that its true CAC depends on its customers alone.
INVESTMENT = 100_000
MARTS = ["fct_source_cac_ltv"]
NAMES = np.array([source.name for source in SOURCES])


@pytest.fixture(scope="module")
def companies():
    return [simulate(scale=0.5, seed=seed, until=UNTIL, months=18, manual_leads=True) for seed in range(COMPANIES)]


@pytest.fixture(scope="module")
def models(compile_graph):
    return compile_graph({"as_of": str(UNTIL)})


@pytest.fixture(scope="module")
def figures(connection, models, companies) -> list[dict[str, dict[str, float | None]]]:
    """Rows of fct_source_cac_ltv by source, of each company."""
    given: set[str] = set()
    rows = []
    for company in companies:
        given = given or fill(connection, company)
        fill(connection, company)
        for name in upstream(models, MARTS, given):
            connection.execute(f"create or replace table {models[name].relation} as {models[name].sql}")
        found = connection.sql("select * from marts.fct_source_cac_ltv where attribution_model = 'first_touch'")
        dicts = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        rows.append({row["source"]: row for row in dicts})
    return rows


def fill(connection, company: SampleCompany) -> set[str]:
    """Create the tables that the mart is made of; gives their names."""
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
    sources = ", ".join(f"('{name}')" for name in NAMES)
    connection.register("first_deals", first_deals)
    connection.register("payments", revenue)
    tables = {
        "intermediate.int_investment_daily": f"""
            select source, '' as campaign, 'ad_spend' as cost_type, date '{UNTIL}' - 1 as date,
                {INVESTMENT}::decimal(28, 6) as amount, 0 as impressions, 0 as clicks
            from (values {sources}) t(source)
        """,
        "intermediate.int_leads": "select '' as lead_id, now()::timestamp as created_at where false",
        # Without leads, a customer belongs to the month of its win.
        "marts.attribution_daily": """
            select now()::date as conversion_date, '' as source, '' as attribution_model, '' as conversion_type,
                0::double as conversions, 0::decimal(28, 10) as value
            where false
        """,
        "seeds.source_catalogue": f"select * from '{PROJECT_DIR}/seeds/source_catalogue.csv'",
        "seeds.source_settings": "select '' as source, 0.5 as gross_margin_rate where false",
        "intermediate.int_deals": """
            select account_id as deal_id, account_id, '' as lead_id, true as is_first_won, won_at::timestamp as won_at,
                0::decimal(18, 6) as amount
            from first_deals
        """,
        "intermediate.int_deal_sources": "select account_id as deal_id, source as original_source from first_deals",
        "intermediate.int_revenue": """
            select account_id, kind, amount::decimal(18, 6) as amount, revenue_on::date as revenue_on,
                null::varchar as subscription_id, null::date as period_start, null::date as period_end,
                'EUR' as original_currency, amount::decimal(18, 6) as original_amount
            from payments
        """,
        "intermediate.int_customer_shares": """
            select account_id, 'first_touch' as attribution_model, source, 1.0::double as share from first_deals
        """,
    }
    for table, sql in tables.items():
        connection.execute(f"create or replace table {table} as {sql}")
    return {table.split(".")[1] for table in tables}


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
