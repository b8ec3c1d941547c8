"""Whole runs that fetch a tiny company from HubSpot and from Salesforce: the marts agree with the vendors."""

from pathlib import Path

import pytest

from tests.end_to_end.nightly_runs import query, start_nightly
from tests.fakes import hubspot_company, salesforce_company
from tests.fakes.hubspot_portal import TOKEN
from tests.fakes.salesforce_org import CLIENT
from tests.fakes.web_server import WebServer

pytestmark = pytest.mark.slowest

CRMS = ["hubspot", "salesforce"]
VARS = {"sources_enabled": CRMS, "extractors_enabled": CRMS}
LEADS = "select lead_id, account_id, original_source, stage from marts.fct_leads order by 1"
DEALS = "select opportunity_id, account_id, lead_id, is_won, amount::double from marts.fct_opportunities order by 1"
TOUCHES = "select touchpoint_id from marts.fct_touchpoints where touch_type != 'lead_created' order by 1"
LEDGER = "select sum(rows_read), sum(rows_accepted), sum(rows_rejected) from marts.load_ledger"


def released(home: Path) -> dict[str, list[tuple]]:
    asked = {"leads": LEADS, "deals": DEALS, "touches": TOUCHES, "ledger": LEDGER}
    return {name: query(home, sql) for name, sql in asked.items()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> list[tuple[int, str, dict]]:
    """Exit code, output and release of three runs; in the second one Salesforce refuses."""
    home = tmp_path_factory.mktemp("landed_crms")
    portal, org = hubspot_company.company(), salesforce_company.company()
    told = []
    with WebServer(portal.reply) as hubspot, WebServer(org.reply) as salesforce, pytest.MonkeyPatch.context() as patch:
        org.instance_url = salesforce.url
        patch.setenv("SOURCES__HUBSPOT__BASE_URL", hubspot.url)
        patch.setenv("SOURCES__HUBSPOT__ACCESS_TOKEN", TOKEN)
        patch.setenv("SOURCES__SALESFORCE__BASE_URL", salesforce.url)
        for name, value in CLIENT.items():
            patch.setenv(f"SOURCES__SALESFORCE__{name.upper()}", value)
        for secret in (CLIENT["client_secret"], "wrong", CLIENT["client_secret"]):
            patch.setenv("SOURCES__SALESFORCE__CLIENT_SECRET", secret)
            run = start_nightly(home, **VARS)
            output, _ = run.communicate()
            print(output)
            told.append((run.returncode, output, released(home)))
            if len(told) == 1:
                hubspot_company.next_day(portal)
                salesforce_company.next_day(org)
    return told


def test_what_the_vendors_know_is_in_the_marts(runs):
    """Deleted contacts and leads are none; the deal with three companies counts once, with the primary one."""
    code, _, release = runs[0]
    assert code == 0
    assert release["leads"] == [
        ("hubspot:101", "hubspot:201", "organic_search", "lead"),
        ("hubspot:102", "hubspot:201", "organic_search", "customer"),
        ("hubspot:103", "hubspot:201", "organic_search", "mql"),
        ("hubspot:104", "hubspot:202", "organic_search", "opportunity"),
        ("salesforce:0032", "salesforce:0012", "conference", "opportunity"),
        ("salesforce:00Q1", "salesforce:0011", "linkedin_ads", "customer"),
        ("salesforce:00Q3", "domain:new.example", "unknown", "lead"),
    ]
    assert release["deals"] == [
        ("hubspot:301", "hubspot:201", "hubspot:102", True, 1000),
        ("hubspot:302", "hubspot:202", "hubspot:104", False, 0),
        ("salesforce:0061", "salesforce:0011", "salesforce:00Q1", True, 2000.5),
        ("salesforce:0062", "salesforce:0012", "salesforce:0032", False, 0),
    ]
    # What a machine clicked is none.
    assert release["touches"] == [
        ("activity:hubspot:v-1",),
        ("activity:hubspot:v-2",),
        ("activity:hubspot:v-4",),
        ("activity:salesforce:00v1",),
    ]


def test_the_next_run_has_what_changed_though_the_other_vendor_refuses(runs):
    """The two Anns are one, Carl is gone, Dora came, a deal was won; what Salesforce said the day before stays."""
    _, _, before = runs[0]
    code, output, release = runs[1]
    assert code == 3
    assert "ERROR: check landed failed. why salesforce: 400 for /services/oauth2/token" in output
    assert release["leads"] == [
        ("hubspot:102", "hubspot:201", "organic_search", "customer"),
        ("hubspot:103", "hubspot:201", "organic_search", "mql"),
        ("hubspot:106", "hubspot:203", "unknown", "lead"),
        *before["leads"][4:],
    ]
    # Its only contact is deleted.
    won = ("hubspot:302", "hubspot:deal:302", None, True, 500)
    assert release["deals"] == [before["deals"][0], won, *before["deals"][2:]]
    assert release["touches"] == before["touches"]


def test_what_was_missed_comes_in_the_run_after(runs):
    _, _, before = runs[1]
    code, _, release = runs[2]
    assert code == 0
    assert release["leads"][3:] == [
        ("salesforce:0032", "salesforce:0012", "conference", "customer"),
        ("salesforce:00Q1", "salesforce:0011", "linkedin_ads", "customer"),
        ("salesforce:00Q4", "domain:new.example", "unknown", "lead"),
    ]
    assert release["deals"][3] == ("salesforce:0062", "salesforce:0012", "salesforce:0032", True, 500)
    assert (release["leads"][:3], release["deals"][:3]) == (before["leads"][:3], before["deals"][:3])


def test_no_row_is_refused_or_fetched_twice(runs):
    assert [release["ledger"] for _, _, release in runs] == [[(60, 60, 0)], [(71, 71, 0)], [(74, 74, 0)]]
