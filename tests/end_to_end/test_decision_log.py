"""Decisions are kept as they were given: through failed runs, corrections and full refreshes.

LinkedIn Ads win two customers a month for 100, webinars three for 100,000.
"""

from datetime import datetime
from typing import Any

import pytest

from orchestration.ingest.contract import load_contracts
from tests.end_to_end.dbt_in_process import Warehouse, parse

MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13) if (year, month) < (2026, 7)]
WON = {"linkedin_ads": 2, "webinar": 3}
# What the verdicts are made of, and the models without which a run is not finished.
SELECTION = (
    "--select",
    "+verdict_accuracy",
    "+config.materialized:incremental",
    "--resource-type",
    "model",
    "--resource-type",
    "seed",
)
RECORDED = "select * from marts.recorded_decisions where quarter < '{}' order by all"
VERDICTS = """
    select quarter::varchar, {} from marts.{} where source = 'linkedin_ads' and attribution_model = 'linear'
    and quarter >= '2026-01-01' order by 1
"""
Rows = list[tuple[tuple[str, str], dict[str, Any]]]


def spend(cost: int) -> Rows:
    """LinkedIn's spend of every month."""
    days = [{"date": f"{month}-01", "platform": "linkedin_ads", "campaign_id": "c1", "cost": cost} for month in MONTHS]
    return [(("standard", "ad_spend"), day) for day in days]


def company() -> Rows:
    rows = spend(90)
    for month in MONTHS:
        cost = {"month": month, "source": "webinar", "cost_type": "event", "amount": 100_000}
        rows.append((("standard", "costs"), cost))
        for source, customers in WON.items():
            for number in range(customers):
                key = f"{source}-{month}-{number}"
                lead = {"lead_id": key, "created_at": f"{month}-03T10:00:00", "account_id": key, "source": source}
                deal = {"opportunity_id": key, "created_at": f"{month}-05T10:00:00", "account_id": key, "lead_id": key}
                won = {"is_won": "true", "closed_at": f"{month}-10T10:00:00", "amount": 1000}
                paid = {"revenue_id": key, "date": f"{month}-10", "account_id": key, "amount": 1000, "kind": "one_off"}
                rows.append((("standard", "leads"), lead))
                rows.append((("standard", "opportunities"), {**deal, **won}))
                rows.append((("standard", "revenue"), paid))
    return rows


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    manifest = parse(tmp_path_factory.mktemp("parsed"), {})
    contracts = [contract for contract in load_contracts() if contract.feed == "standard"]
    return Warehouse(tmp_path_factory.mktemp("home"), manifest, contracts, {})


def test_a_verdict_stays_what_it_was_whatever_comes_later(warehouse: Warehouse):
    """The run of 1 July fails, with a wrong spend; a year later all bills turn out to have been higher."""

    def run(number: int, rows: Rows, as_of: str, *arguments: str) -> None:
        warehouse.load(number, rows)
        warehouse.run("build", datetime.fromisoformat(as_of), *SELECTION, *arguments)

    run(0, company(), "2026-06-30")
    assert warehouse.query(VERDICTS.format("verdict, is_backfilled, is_final", "recorded_decisions")) == [
        ("2026-01-01", "double", False, True)
    ]
    first = warehouse.query(RECORDED.format("2026-04-01"))
    assert len(first) > 50

    with pytest.raises(AssertionError, match="decision_log"), pytest.MonkeyPatch.context() as patch:
        patch.setitem(warehouse.dbt_vars, "hindsight_quarters", "'no number'")
        run(1, spend(1_000_000), "2026-07-01")
    assert warehouse.query(VERDICTS.format("verdict, is_final", "recorded_decisions")) == [
        ("2026-01-01", "double", True),
        ("2026-04-01", "stop", False),
    ]

    run(2, spend(100), "2026-07-02")
    assert warehouse.query(RECORDED.format("2026-04-01")) == first
    assert warehouse.query(VERDICTS.format("verdict, decided_at, is_final", "recorded_decisions"))[1:] == [
        ("2026-04-01", "double", datetime(2026, 7, 2), True)
    ]
    second = warehouse.query(RECORDED.format("2026-07-01"))

    run(3, spend(100_000), "2027-07-01", "--full-refresh")
    assert warehouse.query(VERDICTS.format("recommendation", "source_verdicts"))[:2] == [
        ("2026-01-01", "stop"),
        ("2026-04-01", "stop"),
    ]
    assert warehouse.query(RECORDED.format("2026-07-01")) == second
    compared = "verdict, hindsight_verdict, round(cac), round(hindsight_cac), verdict_held, verdict_reversed"
    assert warehouse.query(VERDICTS.format(compared, "decision_log")) == [
        ("2026-01-01", "double", "stop", 45, 50_000, False, True),
        ("2026-04-01", "double", "stop", 50, 50_000, False, True),
    ]
