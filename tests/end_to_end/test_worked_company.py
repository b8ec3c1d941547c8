"""The company that docs/worked_company.md works through by hand: every query, sum and figure on the page."""

from decimal import Decimal

import pytest

from tests.end_to_end.nightly_runs import PROJECT_DIR, WORKED_COMPANY, land_company, query, run_nightly
from tests.end_to_end.pages import check, read_page

SETTINGS = {
    "as_of": "2026-06-30",
    "ltv_horizon_months": 6,
    "decline_candidates": [0],
    "shrinkage_customers": 4,
    "shrinkage_ratio_customers": 4,
}
PAGE = read_page(PROJECT_DIR / "docs" / "worked_company.md")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("worked")
    land_company(home, company=WORKED_COMPANY)
    assert run_nightly(home, **SETTINGS) == 0
    return home


@pytest.mark.parametrize("shown", PAGE, ids=lambda shown: shown.sql.split("from ")[1].split()[0])
def test_the_page_shows_the_results_of_the_run(home, shown):
    check(shown, home / "warehouse" / "warehouse.duckdb")


def test_sources_sum_to_the_whole_in_every_mart_and_under_every_model(home):
    """Money to the cent: what was exported, read once more by hand."""
    spent, pipeline, won = Decimal(11520), Decimal(17120), Decimal(14820)
    for mart in ("source_performance_monthly", "source_performance_quarterly"):
        sums = query(home, f"""
            select attribution_model, sum(investment), sum(pipeline), sum(revenue), round(sum(customers), 6)
            from marts.{mart} group by 1
        """)  # fmt: skip
        assert len(sums) == 10
        for model, investment, *money, customers in sums:
            assert (investment, customers) == (spent, 12), (mart, model)
            assert [round(amount, 2) for amount in money] == [pipeline, won], (mart, model)
    lifetimes = query(home, """
        select attribution_model, sum(investment), round(sum(customers), 6),
            round(sum(realised_ltv * customers), 2), round(sum(average_contract_value * customers), 2)
        from marts.fct_source_cac_ltv group by 1
    """)  # fmt: skip
    margin = float(query(home, "select sum(margin_to_date) from marts.fct_customers")[0][0])
    assert margin == pytest.approx(0.7 * 9040)
    for model, *sums in lifetimes:
        assert sums == [spent, 12, pytest.approx(margin), float(won)], model
