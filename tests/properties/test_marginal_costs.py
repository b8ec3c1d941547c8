"""What one more customer costs, on simulated sources whose customers go up with their spend, but not in proportion.

A hundred companies, each under an attribution model of its own. Demand has a season, a trend and a memory, and is seen
in the leads of a source that costs nothing; some sources spend more when it is high. The newest months are young.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.properties.conftest import build

COMPANIES, MONTHS = 100, 30
FIRST, QUARTER, AS_OF = np.datetime64("2024-01"), "2026-04-01", date(2026, 6, 30)
MATURES_A_MONTH = 0.3
AVERAGE_COST = 500
# Customers for a spend whose usual level is 1.
RESPONSES = {
    "power_low": lambda spend: spend**0.4,
    "power_high": lambda spend: spend**0.8,
    "log": lambda spend: np.log1p(2 * spend),
    "hill": lambda spend: spend**1.5 / (1 + spend**1.5),
}
SPENDS = ("free", "steps", "walk", "follows")
SIZES = {"small": 5, "large": 25}
SOURCES = [f"{response}__{spend}__{size}" for response in RESPONSES for spend in SPENDS for size in SIZES]


def demands(rng: np.random.Generator) -> np.ndarray:
    """Of each company and month, around 1: season, growth of 1.5% a month, and what lasts from month to month."""
    months = np.arange(MONTHS)
    season = 0.25 * np.sin(2 * np.pi * (months + rng.integers(0, 12, (COMPANIES, 1))) / 12)
    lasting = np.zeros((COMPANIES, MONTHS))
    for month in range(1, MONTHS):
        lasting[:, month] = 0.6 * lasting[:, month - 1] + rng.normal(0, 0.08, COMPANIES)
    demand = np.exp(season + 0.015 * months + lasting)
    return demand / demand.mean(axis=1, keepdims=True)


def spends(kind: str, demand: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Free: each month on its own; steps: by quarter; walk: from the month before; follows: with demand, in part."""
    shape = demand.shape
    log_spend = {
        "free": lambda: rng.normal(0, 0.4, shape),
        "steps": lambda: (
            np.repeat(rng.normal(0, 0.45, (COMPANIES, MONTHS // 3)), 3, axis=1) + rng.normal(0, 0.08, shape)
        ),
        "walk": lambda: np.cumsum(rng.normal(0, 0.2, shape), axis=1),
        "follows": lambda: np.log(demand) + rng.normal(0, 0.25, shape),
        "constant": lambda: rng.normal(0, 0.02, shape),
    }[kind]()
    return np.exp(log_spend - log_spend[:, -12:].mean(axis=1, keepdims=True))


def true_marginal_costs(response, spend: np.ndarray, mean: np.ndarray, judged: slice) -> np.ndarray:
    """What a customer more costs where the spend of every judged month is a little higher."""
    slope = np.log(response(spend * 1.001) / response(spend)) / np.log(1.001)
    return (spend * AVERAGE_COST)[:, judged].sum(axis=1) / (mean * slope)[:, judged].sum(axis=1)


@pytest.fixture(scope="module")
def figures(connection, compile_graph) -> pd.DataFrame:
    """The project's marginal costs beside the true ones."""
    rng = np.random.default_rng(11)
    demand = demands(rng)
    maturity = 1 - (1 - MATURES_A_MONTH) ** np.arange(MONTHS, 0, -1.0)
    mature = maturity >= 0.9
    judged = slice(mature.sum() - 12, mature.sum())
    frames, truths = [], []

    def add(source: str, spend: np.ndarray, leads: np.ndarray, customers: np.ndarray) -> None:
        company, month = np.indices((COMPANIES, MONTHS)).reshape(2, -1)
        frames.append(
            pd.DataFrame(
                {
                    "source": source,
                    "attribution_model": np.char.add("m", company.astype(str)),
                    "month": (FIRST + month).astype("datetime64[s]"),
                    "investment": np.round(spend, 2).ravel(),
                    "leads": leads.ravel().astype(float),
                    "customers": customers.ravel().astype(float),
                    "maturity_share": maturity[month],
                    "is_mature": mature[month],
                }
            )
        )

    nothing = np.zeros((COMPANIES, MONTHS))
    add("free_of_cost", nothing, rng.poisson(60 * demand), nothing)
    for source in [*SOURCES, "power_high__constant__large"]:
        response, kind, size = source.split("__")
        spend = spends(kind, demand, rng)
        expected = RESPONSES[response](spend)
        mean = SIZES[size] * demand * expected / expected.mean(axis=1, keepdims=True)
        paid = spend * AVERAGE_COST * SIZES[size]
        add(source, paid, nothing, rng.poisson(mean * maturity))
        costs = true_marginal_costs(RESPONSES[response], spend, mean / SIZES[size], judged)
        truths.append(
            pd.DataFrame({"source": source, "attribution_model": [f"m{i}" for i in range(COMPANIES)], "truth": costs})
        )
    connection.register("simulated", pd.concat(frames))
    tables = {
        "marts.source_cohorts": f"""
            select date '{QUARTER}' as quarter, false as is_hindsight,
                * replace (month::date as month, investment::decimal(28, 10) as investment),
                0.0::double as customers_before, 0.0::double as maturity_share_before
            from simulated
        """,
        "seeds.source_catalogue": "select distinct source, false as is_unclear from simulated",
        "marts.experiment_results": f"""
            select date '{QUARTER}' as quarter, '' as experiment_id, '' as source, date '{QUARTER}' as ends_on,
                0.0 as incremental_cac, 0.0 as incremental_cac_low, 0.0 as incremental_cac_high
            where false
        """,
    }
    build(connection, compile_graph({"as_of": str(AS_OF)}), tables, "source_marginal_costs")
    rows = connection.sql("""
        select costs.*, cac.cac
        from marts.source_marginal_costs as costs
        inner join marts.source_cac as cac using (quarter, source, attribution_model)
        where cac.period_kind = 'window'
    """).df()
    return rows.merge(pd.concat(truths), on=["source", "attribution_model"])


def known(figures: pd.DataFrame) -> pd.DataFrame:
    """Those with a marginal cost, the kind of response and of spend, and whether the interval has the true cost."""
    rows = figures[figures["marginal_basis"] == "regression"]
    kinds = rows["source"].str.split("__", expand=True)
    covered = (rows["marginal_cost_low"] <= rows["truth"]) & (rows["truth"] <= rows["marginal_cost_high"])
    return rows.assign(response=kinds[0], spend=kinds[1], size=kinds[2], covered=covered)


@pytest.mark.parametrize("kind", ["response", "spend", "size"])
def test_marginal_costs_cover_the_true_ones(figures, kind):
    covered = known(figures).groupby(kind)["covered"].mean()
    assert covered.min() >= 0.9, covered.to_dict()


def test_marginal_costs_come_nearer_to_the_true_ones_than_average_costs(figures):
    rows = known(figures)
    for _, of_response in rows.groupby("response"):
        error = np.log(of_response["marginal_cost"] / of_response["truth"]).abs().mean()
        assert error < 0.9 * np.log(of_response["cac"] / of_response["truth"]).abs().mean()
    assert np.log(rows["marginal_cost"] / rows["truth"]).abs().mean() < 0.25
    # It cannot pass by saying nothing.
    judged = figures["source"].isin(SOURCES)
    assert len(rows) > 0.5 * judged.sum()
    assert (rows["size"] == "large").sum() > 0.7 * figures["source"].isin(s for s in SOURCES if "large" in s).sum()


def test_spend_that_hardly_varied_says_nothing(figures):
    rows = figures[figures["source"].str.contains("constant")]
    assert len(rows) == COMPANIES
    assert (rows["unknown_reason"] == "spend_hardly_varied").all()
    assert rows["marginal_cost"].isna().all()
