"""A tiny company that buys ads on four platforms, in the tables their connectors write; every figure is a hand sum."""

from datetime import date
from decimal import Decimal

import pytest

from tests.end_to_end.nightly_runs import FEEDS, land_company, query, run_nightly

pytestmark = pytest.mark.slowest

PLATFORMS = ["google_ads", "linkedin_ads", "meta_ads", "microsoft_ads"]
# Euros for a dollar and for a pound in 2026.
USD, GBP = Decimal("0.85"), Decimal("1.15")
FIRST, SECOND = date(2026, 5, 1), date(2026, 5, 2)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("ad_platforms")
    for platform in PLATFORMS:
        land_company(home, company=FEEDS / platform, feed=platform)
    assert run_nightly(home, sources_enabled=PLATFORMS, reporting_currency="EUR") == 0
    return home


def test_every_platform_s_spend_is_counted_once_as_last_restated(home):
    rows = query(home, """
        select source, campaign, date, amount, impressions, clicks
        from marts.fct_investment_daily order by source, campaign, date
    """)  # fmt: skip
    assert rows == [
        # Performance Max has no ads: its campaign's rows count.
        ("google_ads_display", "Performance Max leads", FIRST, Decimal("7.25") * USD, 700, 7),
        ("google_ads_display", "Performance Max leads", SECOND, Decimal("1.00") * USD, 90, 1),
        # By ad: 6.00 and 4.00 on phones, 5.00 (4.90 before) on computers. The other two reports say the same 15.00.
        ("google_ads_search", "brand", FIRST, Decimal("15.00") * USD, 150, 15),
        # By creative: 24.00 (25.00 before), 15.10 and one without a cost; in the account's pounds, not in dollars.
        ("linkedin_ads", "Key accounts", FIRST, Decimal("39.10") * GBP, 3920, 40),
        # Its account is its group's.
        ("linkedin_ads", "Message ads", FIRST, Decimal("12.34") * GBP, 1200, 12),
        ("meta_ads", "Spring", FIRST, Decimal("18.50") * GBP, 1900, 19),
        ("meta_ads", "Spring", SECOND, Decimal("30.00") * GBP, 3000, 30),
        # An ad without a history.
        ("meta_ads", "unknown", SECOND, Decimal("5.00") * GBP, 500, 5),
        # Reported by campaign alone, then by ad group, then by ad: 5.50 and 3.50 (3.40 before).
        ("paid_search", "Audience", FIRST, Decimal("2.00"), 200, 2),
        ("paid_search", "Competitors", FIRST, Decimal("4.00"), 40, 4),
        ("paid_search", "imported", FIRST, Decimal("9.00"), 91, 9),
    ]


def test_a_negative_cost_is_rejected_with_its_reason(home):
    rejected = query(home, "select feed, entity, reasons from marts.rejected_rows")
    assert rejected == [
        ("microsoft_ads", "campaign_performance_daily_report", ["spend: below 0; check its sign and unit"])
    ]


def test_rows_and_spend_are_conserved(home):
    assert query(home, "select sum(rows_read) from marts.load_ledger") == [(56,)]
    assert query(home, """
        select check_name, passed from marts.check_results where check_name like '%conserved' order by 1
    """) == [("credit_conserved", True), ("rows_conserved", True), ("spend_conserved", True)]  # fmt: skip
