"""A tiny company that sells in HubSpot, in Salesforce and in a database of its own; every figure is a hand sum."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.end_to_end.nightly_runs import FEEDS, land_company, query, run_nightly

pytestmark = pytest.mark.slowest

CRMS = ["hubspot", "salesforce", "sql_crm"]


@dataclass(frozen=True)
class Run:
    """What a release says."""

    leads: list[tuple]
    persons: dict[str, str]
    opportunities: list[tuple]
    customers: list[tuple]
    touches: list[tuple]
    stages: list[tuple]
    ledger: list[tuple]
    checks: dict[str, bool]


def released(home: Path) -> Run:
    return Run(
        leads=query(home, """
            select lead_id, account_id, original_source, stage, owner, first_response_minutes
            from marts.fct_leads order by 1
        """),
        persons=dict(query(home, "select lead_id, person_id from marts.fct_leads")),
        opportunities=query(home, """
            select opportunity_id, account_id, lead_id, is_won, is_closed, amount
            from marts.fct_opportunities order by 1
        """),
        customers=query(home, "select account_id, first_deal_amount from marts.fct_customers order by 1"),
        touches=query(home, """
            select touchpoint_id, source from marts.fct_touchpoints where touch_type != 'lead_created' order by 1
        """),
        stages=query(home, """
            select lead_id, stage, entered_at from marts.lead_stage_history
            where stage in ('mql', 'disqualified') and entered_at < timestamp '2026-04-13' order by 1
        """),
        ledger=query(home, "select sum(rows_read), sum(rows_accepted), sum(rows_rejected) from marts.load_ledger"),
        checks=dict(query(home, "select check_name, passed from marts.check_results")),
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("crm_feeds")


@pytest.fixture(scope="module")
def first(home) -> Run:
    for crm in CRMS:
        land_company(home, company=FEEDS / crm, feed=crm)
    assert run_nightly(home, sources_enabled=CRMS) == 0
    return released(home)


@pytest.fixture(scope="module")
def second(home, first) -> Run:
    """A run with new rows of the database only."""
    land_company(home, company=FEEDS / "sql_crm" / "second_run", feed="sql_crm")
    assert run_nightly(home, sources_enabled=CRMS) == 0
    return released(home)


def test_leads_are_the_persons_that_are_left(first):
    """Three contacts that became Ann are one lead, Eve's contact is her lead's; Carl, Yan and 00Q2 are deleted."""
    assert first.leads == [
        ("hubspot:102", "hubspot:201", "paid_search", "customer", "Kim Sales", None),
        ("hubspot:103", "hubspot:201", "organic_search", "disqualified", "Kim Sales", 45.01),
        # Eve came to HubSpot from LinkedIn first, and her company is known to Salesforce alone. Sales called her, in
        # the other CRM, 9 days and 40 minutes later.
        ("hubspot:105", "salesforce:0011", "linkedin_ads", "opportunity", None, 9 * 1440 + 40),
        ("salesforce:0032", "salesforce:0012", "conference", "opportunity", "Lou", None),
        ("salesforce:00Q1", "salesforce:0011", "linkedin_ads", "customer", "Lou", 40),
        ("sql_crm:1", "sql_crm:1", "partner_referral", "opportunity", None, 60),
        ("sql_crm:2", "sql_crm:2", "cold_call", "opportunity", None, None),
    ]


def test_the_same_address_in_two_crms_is_one_person(first):
    persons = first.persons
    assert persons["hubspot:105"] == persons["salesforce:00Q1"]
    assert len(set(persons.values())) == len(persons) - 1


def test_deals_count_once_and_deleted_ones_do_not(first):
    """301 has three companies and another deal that went into it; 303 and 0063, both won, were deleted."""
    assert first.opportunities == [
        ("hubspot:301", "hubspot:201", "hubspot:102", True, True, 1000),
        # Without an amount, and its contact is deleted.
        ("hubspot:302", "hubspot:202", None, False, False, 0),
        # In a stage that HubSpot does not list, for a contact without a company.
        ("hubspot:305", "salesforce:0011", "hubspot:105", False, False, 500),
        ("salesforce:0061", "salesforce:0011", "salesforce:00Q1", True, True, 2000),
        # The contact in the role is deleted; the account has another one.
        ("salesforce:0062", "salesforce:0012", "salesforce:0032", False, False, 0),
        ("sql_crm:1", "sql_crm:1", "sql_crm:1", False, False, 300),
        ("sql_crm:2", "sql_crm:2", "sql_crm:2", False, False, 50),
    ]
    assert first.customers == [("hubspot:201", 1000), ("salesforce:0011", 2000)]


def test_stages_and_touches_are_those_that_happened(first):
    """No open, no click of a machine, no invitation that nobody answered."""
    assert first.stages == [
        ("hubspot:102", "mql", datetime(2026, 3, 10, 8, 0, 0, 1000)),
        ("hubspot:103", "disqualified", datetime(2026, 3, 12, 8, 0, 0, 1000)),
        ("salesforce:00Q1", "mql", datetime(2026, 4, 12, 10)),
    ]
    assert first.touches == [
        ("activity:hubspot:v-2", "email_marketing"),
        ("activity:salesforce:00v1", "webinar"),
    ]


def test_an_edit_and_a_deletion_in_the_database_arrive_in_the_next_run(first, second):
    """Deal 1 was won for more; lead 2 and deal 2 are gone. No activity was exported, which deletes none."""
    assert second.opportunities == [
        *first.opportunities[:5],
        ("sql_crm:1", "sql_crm:1", "sql_crm:1", True, True, 350),
    ]
    assert second.leads == [
        *first.leads[:5],
        ("sql_crm:1", "sql_crm:1", "partner_referral", "customer", None, 60),
    ]
    assert second.customers == [*first.customers, ("sql_crm:1", Decimal(350))]


@pytest.mark.parametrize(("run", "rows"), [("first", 76), ("second", 82)])
def test_no_row_is_lost_or_refused(run, rows, request):
    """44 rows of HubSpot, 22 of Salesforce, 10 of the database; the next run 6 more."""
    released = request.getfixturevalue(run)
    assert released.ledger == [(rows, rows, 0)]
    assert {name: passed for name, passed in released.checks.items() if name.endswith("_conserved")} == {
        "credit_conserved": True,
        "rows_conserved": True,
        "spend_conserved": True,
    }
