"""What a customer costs, judged by cohorts: simulated sources that grow or shrink, with sales cycles of one to six months.

The spend of a month wins leads in it, and these become customers when their sales cycle is over. The true cost per
customer is known, and the same in all months. A hundred companies, each under a name of an attribution model of its own.
"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tests.properties.conftest import upstream

COMPANIES = 100
FIRST, MONTHS = np.datetime64("2024-07"), 24
UNTIL = date(2026, 6, 30)
LTV = 2000
GROWTHS = {"grows": 1.5 ** (1 / 3), "shrinks": 1.5 ** (-1 / 3), "stays": 1.0}
CYCLES = (30, 90, 180)
RATIOS = {"good": 4, "fair": 2, "bad": 0.5}
CUSTOMERS = 300
LEADS_PER_CUSTOMER = 8


def simulated():
    """Spend by source and month; leads and customers by company, source and day."""
    rng = np.random.default_rng(7)
    spend, leads, customers = [], [], []
    for growth, factor in GROWTHS.items():
        for cycle in CYCLES:
            for worth, ratio in RATIOS.items():
                source = f"{growth}_{cycle}_{worth}"
                size = factor ** np.arange(MONTHS)
                means = CUSTOMERS * size / size.sum()
                for month, mean in enumerate(means):
                    spend.append((source, FIRST + month, round(mean * LTV / ratio, 2)))
                drawn = rng.poisson(means * LEADS_PER_CUSTOMER, size=(COMPANIES, MONTHS))
                company, month = np.indices(drawn.shape).reshape(2, -1).repeat(drawn.ravel(), axis=1)
                created = (FIRST + month).astype("datetime64[D]") + (rng.random(len(month)) * 28).astype(int)
                won = rng.random(len(month)) < 1 / LEADS_PER_CUSTOMER
                at = created + rng.gamma(4, cycle / 4, len(month)).astype(int)
                leads.append(pd.DataFrame({"source": source, "company": company, "on": created}))
                seen = won & (at <= np.datetime64(UNTIL))
                customers.append(
                    pd.DataFrame({"source": source, "company": company, "created": created, "won": at})[seen]
                )
    return pd.DataFrame(spend, columns=["source", "month", "amount"]), pd.concat(leads), pd.concat(customers)
