"""What a source brings, by switching it off: simulated experiments of which the truth is known."""

import numpy as np
import pandas as pd
import pytest

from tests.properties.conftest import build

EXPERIMENTS = 400
SPEND_PER_DAY = 100
# Customers a day that come anyway, those that the source brings, and days on as well as off.
DESIGNS = {"small": (0.2, 0.1, 60), "usual": (1.0, 0.3, 60), "large": (5.0, 1.0, 120), "useless": (1.0, 0.0, 60)}


@pytest.fixture(scope="module")
def results(connection, compile_graph) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    frames = []
    for design, (anyway, brought, days) in DESIGNS.items():
        for state, rate, country in (
            ("on", anyway + brought, "FR"),
            ("off", anyway, "FR"),
            ("on", anyway / 2, "ES"),
            ("off", anyway / 2, "ES"),
        ):
            frames.append(
                pd.DataFrame(
                    {
                        "experiment_id": [f"{design} {number}" for number in range(EXPERIMENTS)],
                        "country": country,
                        "state": state,
                        # The last customers of the days with the source are to come.
                        "mature_days": days * (0.8 if state == "on" else 1.0),
                        "customers": rng.poisson(rate * days * (0.8 if state == "on" else 1.0), EXPERIMENTS),
                        "days": days,
                        "spend": SPEND_PER_DAY * days if (state, country) == ("on", "FR") else 0,
                    }
                )
            )
    connection.register("simulated", pd.concat(frames))
    periods = """
        select date '2026-01-01' as quarter, 'meta_ads' as source, date '2026-01-01' as starts_on,
            date '2026-03-01' as ends_on, customers as leads, * from simulated
    """
    build(connection, compile_graph({}), {"marts.experiment_periods": periods}, "experiment_results")
    rows = connection.sql("select * from marts.experiment_results").df()
    return rows.assign(design=rows["experiment_id"].str.split().str[0])


def test_differences_and_costs_cover_the_true_ones(results):
    for design, rows in results.groupby("design"):
        _, brought, _ = DESIGNS[design]
        low, high = rows["customers_per_day_difference_low"], rows["customers_per_day_difference_high"]
        assert ((low <= brought) & (brought <= high)).mean() >= 0.93, design
        if brought:
            cost = SPEND_PER_DAY / brought
            cost_high = rows["incremental_cac_high"].fillna(np.inf)
            assert ((rows["incremental_cac_low"].fillna(np.inf) <= cost) & (cost <= cost_high)).mean() >= 0.93, design
        else:
            # A source that brings nobody has no highest cost of a customer.
            assert rows["incremental_cac_high"].isna().mean() >= 0.95
