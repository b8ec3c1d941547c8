"""What a customer costs, on simulated sources that grow or shrink, with sales cycles of one to six months.

The spend of a month wins its leads, and some of them become customers when their sales cycle is over. What a customer
costs is the same in all months, and known. A hundred companies, each under an attribution model of its own.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.properties.conftest import build

COMPANIES = 100
FIRST, MONTHS = np.datetime64("2024-07"), 24
AS_OF = date(2026, 6, 30)
LTV = 2000
GROWTH_A_QUARTER = {"grows": 1.5, "stays": 1.0, "shrinks": 1 / 1.5}
CYCLE_DAYS = (30, 90, 180)
RATIOS = {"good": 4.0, "fair": 2.0, "bad": 0.5}
CUSTOMERS, LEADS_PER_CUSTOMER = 300, 8
SOURCES = [f"{growth}_{days}_{worth}" for growth in GROWTH_A_QUARTER for days in CYCLE_DAYS for worth in RATIOS]
TARGETS = ["source_cac", "source_acquisition", "source_performance_monthly"]


def true_cac(source: str) -> float:
    return LTV / RATIOS[source.split("_")[2]]


def simulate() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Spend by source and month; every lead, and those that become customers, by company."""
    rng = np.random.default_rng(7)
    spend, leads = [], []
    for source in SOURCES:
        growth, days, _ = source.split("_")
        sizes = GROWTH_A_QUARTER[growth] ** (np.arange(MONTHS) / 3)
        means = CUSTOMERS * sizes / sizes.sum()
        months = FIRST + np.arange(MONTHS)
        spend.append(pd.DataFrame({"source": source, "month": months, "amount": np.round(means * true_cac(source), 2)}))
        counts = rng.poisson(means * LEADS_PER_CUSTOMER, size=(COMPANIES, MONTHS))
        company, month = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
        created = (FIRST + month).astype("datetime64[D]") + rng.integers(0, 28, len(month))
        won = created + rng.gamma(4, int(days) / 4, len(month)).astype(int)
        converts = rng.random(len(month)) < 1 / LEADS_PER_CUSTOMER
        leads.append(
            pd.DataFrame({"source": source, "company": company, "created": created, "won": won, "converts": converts})
        )
    every_lead = pd.concat(leads, ignore_index=True)
    every_lead["id"] = every_lead.index.astype(str)
    converting = every_lead[every_lead["converts"]]
    return pd.concat(spend).assign(month=lambda rows: rows["month"].astype("datetime64[s]")), every_lead, converting


@pytest.fixture(scope="module")
def simulated():
    return simulate()


@pytest.fixture(scope="module")
def figures(connection, compile_graph, simulated) -> dict[str, pd.DataFrame]:
    """The targets, from the project's SQL on all companies at once."""
    spend, leads, converting = simulated
    for name, frame in {"spend": spend, "leads": leads, "customers": converting}.items():
        connection.register(name, frame)
    tables = {
        "intermediate.int_investment_daily": """
            select source, month::date as date, amount::decimal(28, 6) as amount from spend
        """,
        "intermediate.int_attribution_models": "select distinct 'm' || company as attribution_model from leads",
        "intermediate.int_customers": f"""
            select id as account_id, id as lead_id, won::date as acquired_on, {LTV}::decimal(28, 6) as margin_to_date
            from customers where won <= date '{AS_OF}'
        """,
        "intermediate.int_leads": "select id as lead_id, created::timestamp as created_at from customers",
        "intermediate.int_customer_shares": f"""
            select id as account_id, 'm' || company as attribution_model, source, 1.0::double as share
            from customers where won <= date '{AS_OF}'
        """,
        "marts.attribution_daily": f"""
            select created::date as conversion_date, source, 'm' || company as attribution_model,
                'lead' as conversion_type, count(*)::double as conversions, 0::decimal(28, 10) as value
            from leads group by all
            union all
            select won::date, source, 'm' || company, 'customer', count(*), 0
            from customers where won <= date '{AS_OF}' group by all
        """,
        "seeds.source_catalogue": "select distinct source, false as is_unclear from leads",
        "seeds.source_settings": "select '' as source, 0.5 as gross_margin_rate where false",
        "intermediate.int_source_ltv_intervals": f"""
            select source, 'm' || company as attribution_model, 0.1::double as margin_variation,
                date '{AS_OF}' as known_on
            from (select distinct source, company from leads)
        """,
    }
    build(connection, compile_graph({"as_of": str(AS_OF)}), tables, *TARGETS)
    return {name: connection.sql(f"select * from marts.{name}").df() for name in TARGETS}


def shares(rows: pd.DataFrame, holds: pd.Series) -> dict[str, float]:
    """How often something holds, by growth and sales cycle: of three hundred each, as costs differ by a factor only."""
    found = holds.groupby(rows["source"].str.rsplit("_", n=1).str[0]).mean()
    assert len(found) == len(GROWTH_A_QUARTER) * len(CYCLE_DAYS)
    return found.to_dict()


@pytest.mark.parametrize(
    ("mart", "period_kind", "quarter"),
    [
        ("source_cac", "window", "2026-04-01"),
        ("source_cac", "window", "2025-10-01"),
        ("source_cac", "hindsight", "2025-10-01"),
        ("source_acquisition", None, None),
    ],
)
def test_costs_per_customer_cover_the_true_ones_whether_a_source_grows_or_shrinks(figures, mart, period_kind, quarter):
    """At the end of two years of data, of a year and a half, then and in hindsight, and over all time."""
    rows = figures[mart]
    if quarter:
        rows = rows[(rows["quarter"] == quarter) & (rows["period_kind"] == period_kind)]
    truth = rows["source"].map(true_cac)
    covered = shares(rows, (rows["cac_low"] <= truth) & (truth <= rows["cac_high"]))
    assert {source: share for source, share in covered.items() if share < 0.9} == {}
    assert (rows["cac_basis"] == "cohort").all()


def test_no_quarter_praises_or_condemns_a_source_that_does_not_deserve_it(figures):
    """From the seventh month on, as for recommendations; the lifetime value is certain here."""
    rows = figures["source_cac"]
    rows = rows[rows["quarter"] >= "2025-01-01"]
    ratio = rows["source"].map(lambda source: RATIOS[source.split("_")[2]])
    doubled, stopped = LTV / rows["cac_high"] >= 3, LTV / rows["cac_low"] < 1
    periods = [rows["period_kind"], rows["quarter"]]
    for period, of_period in (doubled & (ratio < 3) | stopped & (ratio >= 1)).groupby(periods):
        wrong = of_period.groupby(rows["source"]).mean()
        assert wrong.max() <= 0.02, (period, wrong.to_dict())
    # It cannot pass by saying nothing.
    newest = rows["quarter"] == "2026-04-01"
    assert doubled[newest & (ratio == 4)].mean() > 0.7
    assert stopped[newest & (ratio == 0.5)].mean() > 0.95


def test_hindsight_is_what_is_known_now_of_the_same_months(figures):
    """Of the running quarter that is what it is judged by; of an earlier one, more customers of no later months."""
    rows = figures["source_cac"].set_index(["quarter", "source", "attribution_model"]).sort_index()
    kinds = {kind: of_kind.drop(columns="period_kind") for kind, of_kind in rows.groupby("period_kind")}
    then, hindsight = kinds["window"], kinds["hindsight"]
    pd.testing.assert_frame_equal(hindsight.loc["2026-04-01"], then.loc["2026-04-01"])
    assert (hindsight.loc["2025-04-01"]["cac_until"] <= pd.Timestamp("2025-06-01")).all()
    assert hindsight.loc["2025-04-01"]["cac_customers"].sum() > 1.2 * then.loc["2025-04-01"]["cac_customers"].sum()


def test_every_customer_is_in_one_cohort(figures, simulated):
    _, _, converting = simulated
    monthly = figures["source_performance_monthly"]
    known = converting[converting["won"] <= np.datetime64(AS_OF)]
    expected = known.groupby(["source", "company"]).size()
    for column in ("cohort_customers", "customers"):
        found = monthly.groupby(["source", "attribution_model"])[column].sum()
        assert found.sum() == pytest.approx(expected.sum())
        assert sorted(found) == sorted(expected)


def test_young_cohorts_become_as_many_customers_as_expected(figures, simulated):
    """The leads of the last half year, of which most of the customers are still to come where sales cycles are long."""
    _, _, converting = simulated
    monthly = figures["source_performance_monthly"]
    rows = monthly[(monthly["month"] >= "2026-01-01") & ~monthly["is_mature"]]
    assert rows["cohort_cac"].isna().all()
    assert rows["maturity_share"].min() < 0.1
    counts = converting.assign(month=converting["created"].dt.to_period("M").dt.to_timestamp())
    counts = counts.groupby(["source", "company", "month"]).size().rename("in_the_end").reset_index()
    counts["attribution_model"] = "m" + counts["company"].astype(str)
    rows = rows.merge(counts, on=["source", "attribution_model", "month"], how="left")
    became = rows["in_the_end"].fillna(0)
    covered = (rows["expected_customers_low"] <= became) & (became <= rows["expected_customers_high"])
    assert {source: share for source, share in shares(rows, covered).items() if share < 0.9} == {}
    assert rows["expected_customers"].sum() == pytest.approx(became.sum(), rel=0.05)
