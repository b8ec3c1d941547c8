"""What Salesforce knows arrives once, whatever happens: faults, expired tokens, edits meanwhile, kills."""

import re
import shutil
from pathlib import Path

import pytest

from orchestration.extract.pipeline import ExtractError
from tests.fakes.salesforce_company import AT, company, next_day
from tests.fakes.salesforce_org import CLIENT, Org
from tests.fakes.web_server import WebServer
from tests.integration.web_landing import everything, land_all, land_killed, landed, run_loader

TOKEN = "/services/oauth2/token"
NOT_LEADS = (
    '["account", "campaign", "campaign_member", "contact", "event", "lead_history", "opportunity", '
    '"opportunity_contact_role", "task", "user"]'
)


@pytest.fixture
def serve(start_server, monkeypatch):
    """Serve an org where the settings look for Salesforce."""

    def start(org: Org, delay: float = 0) -> WebServer:
        server = start_server(org.reply, delay)
        org.instance_url = server.url
        monkeypatch.setenv("SOURCES__SALESFORCE__BASE_URL", server.url)
        for name, value in CLIENT.items():
            monkeypatch.setenv(f"SOURCES__SALESFORCE__{name.upper()}", value)
        return server

    return start


@pytest.fixture
def leads_alone(monkeypatch):
    monkeypatch.setenv("SOURCES__SALESFORCE__WITHOUT", NOT_LEADS)


def fetch(home: Path) -> list[Path]:
    return land_all(home, "salesforce")


def leads(home: Path) -> list[tuple]:
    return landed(home, "salesforce", "lead", "id, system_modstamp, is_deleted")


def many(count: int, **limits) -> Org:
    org = Org(**limits)
    for number in range(1, count + 1):
        org.put("Lead", f"00Q{number:03}", AT, Email=f"{number}@x.example")
    return org


def test_all_that_a_company_has_is_loaded_once(home, serve):
    org = company()
    serve(org)
    fetch(home)
    assert run_loader(home, "salesforce") == {
        "account": (2, 0),
        "campaign": (1, 0),
        "campaign_member": (1, 0),
        "contact": (2, 0),
        "event": (1, 0),
        # The deleted one too.
        "lead": (3, 0),
        "lead_history": (1, 0),
        "opportunity": (2, 0),
        "opportunity_contact_role": (2, 0),
        "task": (1, 0),
        "user": (1, 0),
    }
    assert landed(home, "salesforce", "lead", "id, utm_source_c, is_deleted")[:2] == [
        ("00Q1", "linkedin", "false"),
        ("00Q2", None, "true"),
    ]
    assert landed(home, "salesforce", "opportunity", "amount")[0] == ("2000.5",)
    assert fetch(home) == []
    next_day(org)
    fetch(home)
    assert run_loader(home, "salesforce") == {"lead": (2, 0), "opportunity": (1, 0)}


def test_every_field_is_asked_for_but_those_that_repeat_others(home, serve):
    org = company()
    org.put("Lead", "00Q3", "2026-04-21T09:00:00Z", Favourite_Colour__c="grün", FavouriteColour__c="blau")
    server = serve(org)
    fetch(home)
    columns = "favourite_colour_c, favourite_colour_c_2"
    assert ("blau", "grün") in landed(home, "salesforce", "lead", columns)
    assert "Address" not in str([call.params for _, call in server.calls])


def test_more_fields_than_a_query_can_name_leave_room_for_the_contracts(home, serve, leads_alone):
    org = Org()
    extras = {f"Field_{number:03}_{'x' * 30}__c": number for number in range(600)}
    org.put("Lead", "00Q1", AT, **extras, Email="a@x.example", Status="New")
    server = serve(org)
    fetch(home)
    columns = "id, email, status, field_000_" + "x" * 30 + "_c"
    assert landed(home, "salesforce", "lead", columns) == [("00Q1", "a@x.example", "New", "0")]
    assert max(len(call.params.get("q", "")) for _, call in server.calls) < 15_500


def test_many_that_changed_at_once_land_in_pages(home, serve, leads_alone):
    serve(many(25, page=4))
    fetch(home)
    assert [identity for identity, *_ in leads(home)] == [f"00Q{number:03}" for number in range(1, 26)]


def test_what_changes_while_pages_are_read_is_not_lost_nor_makes_others_lost(home, serve, leads_alone, monkeypatch):
    monkeypatch.setenv("SOURCES__SALESFORCE__LAG_MINUTES", "0")
    org = many(9)
    queries = []

    def edit(soql: str) -> None:
        queries.append(soql)
        if len(queries) == 2:
            # After the newest change was asked for, before the pages are.
            org.put("Lead", "00Q001", "2026-04-20T09:00:05Z")
            org.put("Lead", "00Q010", "2026-04-20T09:00:05Z")

    org.on_query = edit
    serve(org)
    fetch(home)
    fetch(home)
    rows = leads(home)
    assert [identity for identity, *_ in rows] == [f"00Q{number:03}" for number in range(1, 11)]
    assert rows[0][1] == "2026-04-20T09:00:05.000+0000"


def test_what_is_committed_late_lands_later_and_nothing_twice(home, serve, leads_alone):
    org = many(3)
    serve(org)
    fetch(home)
    org.put("Lead", "00Q800", "2026-04-20T08:55:00Z")
    org.put("Lead", "00Q900", AT)
    fetch(home)
    assert [identity for identity, *_ in leads(home)] == ["00Q001", "00Q002", "00Q003", "00Q800", "00Q900"]


def test_a_token_that_expires_on_the_way_is_replaced(home, serve):
    org = company()
    org.calls_per_token = 5
    server = serve(org)
    fetch(home)
    assert len(leads(home)) == 3
    assert server.count(TOKEN) > 5


def test_a_token_that_is_refused_at_once_is_not_asked_for_without_end(home, serve):
    org = company()
    org.calls_per_token = 0
    server = serve(org)
    with pytest.raises(ExtractError, match=r"^salesforce: 401 for /services/data/.*\(Session expired or invalid\)$"):
        fetch(home)
    assert server.count(TOKEN) == 2


def test_a_refresh_token_serves_too(home, serve, monkeypatch):
    serve(company())
    monkeypatch.setenv("SOURCES__SALESFORCE__REFRESH_TOKEN", "fresh")
    fetch(home)
    assert len(leads(home)) == 3


def test_a_wrong_secret_is_named_and_not_shown(home, serve, monkeypatch):
    serve(company())
    monkeypatch.setenv("SOURCES__SALESFORCE__CLIENT_SECRET", "wrong-secret")
    with pytest.raises(ExtractError) as error:
        fetch(home)
    told = str(error.value)
    assert told.startswith("salesforce: 400 for /services/oauth2/token: it refuses one of ")
    assert "sources.salesforce.client_secret (SOURCES__SALESFORCE__CLIENT_SECRET)" in told
    assert "wrong-secret" not in told


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
def test_a_missing_setting_is_named(home, serve, monkeypatch, name):
    serve(company())
    monkeypatch.delenv(f"SOURCES__SALESFORCE__{name.upper()}")
    with pytest.raises(ExtractError) as error:
        fetch(home)
    key = f"sources.salesforce.{name} (SOURCES__SALESFORCE__{name.upper()})"
    assert str(error.value) == f"salesforce: missing {key}"


def test_an_object_that_is_not_there_is_named_and_can_be_done_without(home, serve, monkeypatch):
    serve(many(3))
    with pytest.raises(
        ExtractError, match=r"^salesforce: 404 for /\S+/Account/describe: .*SOURCES__SALESFORCE__WITHOUT"
    ):
        fetch(home)
    monkeypatch.setenv("SOURCES__SALESFORCE__WITHOUT", NOT_LEADS)
    fetch(home)
    assert len(leads(home)) == 3


def test_requests_that_are_used_up_are_no_missing_right(home, serve):
    used_up = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    serve(company()).fail(403, "/queryAll", content=used_up)
    with pytest.raises(ExtractError, match=r"^salesforce: 403 for \S+: the requests it allows .*TotalRequests Limit"):
        fetch(home)


def test_limits_and_failures_that_pass_are_waited_for(home, serve):
    server = serve(company())
    server.fail(503, TOKEN, times=2)
    server.fail(429, "/queryAll", times=1, headers={"Retry-After": "1"})
    server.fail(500, "/query/", times=2)
    fetch(home)
    first, second = [at for at, call in server.calls if "/queryAll" in call.path][:2]
    assert second - first >= 1
    assert len(leads(home)) == 3


@pytest.mark.parametrize("path", [TOKEN, "/query/", "/Task/describe"])
def test_a_failure_that_stays_lands_nothing_and_loses_nothing(home, serve, path):
    server = serve(company())
    server.fail(500, path)
    with pytest.raises(ExtractError, match=rf"^salesforce: 500 for \S*{re.escape(path)}\S*: the vendor failed"):
        fetch(home)
    assert not list((home / "landing").glob("*/*/*.parquet"))
    server.faults.clear()
    fetch(home)
    assert len(leads(home)) == 3


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (TOKEN, {"content": {"token": "x"}}),
        ("/Lead/describe", {"raw": b"<html>"}),
        ("/Lead/describe", {"content": {"fields": [{"name": "Id", "type": "id"}]}}),
        ("/queryAll", {"content": {"records": [{"Id": "1"}]}}),
    ],
)
def test_an_answer_that_is_none_of_salesforces_is_its_fault(home, serve, leads_alone, path, answer):
    server = serve(company())
    server.fail(200, path, **answer)
    with pytest.raises(ExtractError, match=rf"^salesforce: \S*{path} has .*SOURCES__SALESFORCE__BASE_URL"):
        fetch(home)


def test_a_killed_run_loses_and_repeats_nothing(tmp_path, serve):
    """Killed at the token, among the first pages and the last."""
    org = company()
    for number in range(100, 120):
        org.put("Lead", f"00Q{number}", AT, Email=f"{number}@x.example")
    server = serve(org, delay=0.01)
    home, whole = tmp_path / "killed", tmp_path / "whole"
    fetch(whole)
    for calls in (1, 15, 36):
        land_killed(home, "salesforce", server, calls)
        assert not list((home / "landing").glob("*/*/*.parquet"))
    fetch(home)
    assert everything(home, "salesforce") == everything(whole, "salesforce")


def test_a_lost_working_folder_loses_and_repeats_nothing(home, serve):
    org = company()
    serve(org)
    fetch(home)
    shutil.rmtree(home / "dlt")
    assert fetch(home) == []
    next_day(org)
    shutil.rmtree(home / "dlt")
    fetch(home)
    assert len(leads(home)) == 5
