"""A company that sells with Tryton on PostgreSQL: the marts have what its users did, run by run."""

import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from tests.end_to_end.nightly_runs import query, run_nightly
from tests.fakes import postgres, tryton

pytestmark = pytest.mark.slowest

QUERIES = Path(tryton.__file__).with_name("tryton.toml")


@dataclass(frozen=True)
class Run:
    """What a release says."""

    leads: list[tuple]
    opportunities: list[tuple]
    customers: list[tuple]
    funnel: list[tuple]
    ledger: list[tuple]
    checks: dict[str, bool]


def released(home: Path) -> Run:
    return Run(
        leads=query(home, """
            select lead_id, original_source, original_medium, original_campaign, stage from marts.fct_leads order by 1
        """),
        opportunities=query(home, """
            select opportunity_id, lead_id, original_source, is_won, closed_at is not null and is_closed, amount
            from marts.fct_opportunities order by 1
        """),
        customers=query(home, "select original_source, first_deal_amount from marts.fct_customers order by all"),
        funnel=query(home, """
            select source, sum(leads)::int, sum(opportunities)::int, sum(customers)::int
            from marts.source_funnel group by source having sum(leads) > 0 order by 1
        """),
        ledger=query(home, """
            select entity, sum(rows_read)::int, sum(rows_rejected)::int from marts.load_ledger group by 1 order by 1
        """),
        checks=dict(query(home, "select check_name, passed from marts.check_results")),
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> tuple[Run, Run]:
    """The runs after the company's first and second day. Settings are files, as in docs/extractors.md."""
    folder = tmp_path_factory.mktemp("tryton")
    home = folder / "home"
    enabled = {"sources_enabled": ["sql_crm"], "extractors_enabled": ["sql_crm"], "as_of": None}
    with postgres.server() as server, pytest.MonkeyPatch.context() as patch:
        database = postgres.new_database(server, "crm")
        settings = folder / ".dlt"
        settings.mkdir()
        (settings / "config.toml").write_text(QUERIES.read_text())
        (settings / "secrets.toml").write_text(f'[sources.sql_crm]\ncredentials = "{postgres.url(database)}"\n')
        patch.setenv("DLT_PROJECT_DIR", str(folder))
        for name in os.environ:
            if name.startswith("SOURCES__"):
                patch.delenv(name)
        uri = postgres.url(database).replace("+psycopg", "")
        tryton.live_through(uri, "founded")
        found = []
        for day in ("first_day", "second_day"):
            tryton.live_through(uri, day)
            assert run_nightly(home, **enabled) == 0
            found.append(released(home))
    return tuple(found)


def test_leads_are_where_their_deals_are(runs):
    """Delta was lost as an opportunity, Epsilon as a lead; Gamma and Eta have no party, and no e-mail address."""
    assert runs[0].leads == [
        ("sql_crm:1", "google_ads_search", "cpc", "brand", "customer"),
        ("sql_crm:2", "linkedin_ads", "paid_social", "abm", "opportunity"),
        ("sql_crm:3", "email_marketing", "email", "june", "lead"),
        ("sql_crm:4", "customer_referral", None, None, "opportunity"),
        ("sql_crm:5", "webinar", None, "autumn", "disqualified"),
        ("sql_crm:6", "linkedin_ads", "paid_social", "abm", "opportunity"),
        ("sql_crm:7", "unknown", None, None, "lead"),
    ]


def test_deals_have_the_amounts_of_their_sales(runs):
    assert runs[0].opportunities == [
        # Worth 1000 to whoever entered it; 9 things of 10 EUR were sold.
        ("sql_crm:1", "sql_crm:1", "google_ads_search", True, True, Decimal("90.00")),
        ("sql_crm:2", "sql_crm:2", "linkedin_ads", False, False, Decimal("500.00")),
        ("sql_crm:4", "sql_crm:4", "customer_referral", False, True, Decimal("250.00")),
        ("sql_crm:6", "sql_crm:6", "linkedin_ads", False, False, Decimal("1234567.89")),
    ]
    assert runs[0].customers == [("google_ads_search", Decimal("90.00"))]


def test_sources_count_what_came_of_their_leads(runs):
    assert runs[0].funnel == [
        ("customer_referral", 1, 1, 0),
        ("email_marketing", 1, 0, 0),
        ("google_ads_search", 1, 1, 1),
        ("linkedin_ads", 2, 2, 0),
        ("unknown", 1, 0, 0),
        ("webinar", 1, 0, 0),
    ]


def test_edits_and_a_deletion_arrive_in_the_next_run(runs):
    first, second = runs
    assert second.leads == [
        *first.leads[:2],
        ("sql_crm:3", "email_marketing", "email", "june", "opportunity"),
        *first.leads[3:5],
        ("sql_crm:6", "linkedin_ads", "paid_social", "abm", "customer"),
    ]
    assert second.opportunities == [
        first.opportunities[0],
        ("sql_crm:2", "sql_crm:2", "linkedin_ads", False, False, Decimal("600.25")),
        ("sql_crm:3", "sql_crm:3", "email_marketing", False, False, Decimal("75.50")),
        first.opportunities[2],
        ("sql_crm:6", "sql_crm:6", "linkedin_ads", True, True, Decimal("1234567.89")),
    ]
    assert second.customers == [("google_ads_search", Decimal("90.00")), ("linkedin_ads", Decimal("1234567.89"))]
    assert second.funnel == [
        ("customer_referral", 1, 1, 0),
        ("email_marketing", 1, 1, 0),
        ("google_ads_search", 1, 1, 1),
        ("linkedin_ads", 2, 2, 1),
        ("webinar", 1, 0, 0),
    ]


def test_no_row_is_lost_or_refused(runs):
    """Five parties have deals on the first day, six on the second."""
    assert runs[0].ledger == [
        ("accounts", 5, 0), ("lead_stages", 1, 0), ("leads", 7, 0), ("opportunities", 4, 0),
    ]  # fmt: skip
    assert runs[1].ledger == [
        ("accounts", 11, 0), ("lead_stages", 2, 0), ("leads", 13, 0), ("opportunities", 9, 0),
    ]  # fmt: skip
    for run in runs:
        assert {name: passed for name, passed in run.checks.items() if name.endswith("_conserved")} == {
            "credit_conserved": True,
            "rows_conserved": True,
            "spend_conserved": True,
        }
