"""What HubSpot knows arrives once, whatever happens: limits, faults, edits meanwhile, kills, lost folders."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.extract import Extractor
from orchestration.extract.pipeline import ExtractError, land
from tests.fakes.hubspot_company import company, next_day
from tests.fakes.hubspot_portal import MISSING, TOKEN, Portal
from tests.fakes.web_server import WebServer
from tests.integration.killed import land_killed as land_killed_at
from tests.integration.web_landing import PROGRAM, everything, land_all, land_killed, landed, run_loader

# Kinds and lists that a test of contacts can do without.
NOT_CONTACTS = (
    '["company", "deal", "deal_pipeline_stage", "email_event", "engagement_call", "engagement_email", '
    '"engagement_meeting", "form", "owner"]'
)


@pytest.fixture
def serve(start_server, monkeypatch):
    """Serve an account where the settings look for HubSpot."""

    def start(portal: Portal, delay: float = 0) -> WebServer:
        server = start_server(portal.reply, delay)
        monkeypatch.setenv("SOURCES__HUBSPOT__BASE_URL", server.url)
        monkeypatch.setenv("SOURCES__HUBSPOT__ACCESS_TOKEN", TOKEN)
        return server

    return start


@pytest.fixture
def contacts_alone(monkeypatch):
    monkeypatch.setenv("SOURCES__HUBSPOT__WITHOUT", NOT_CONTACTS)


def fetch(home: Path) -> list[Path]:
    return land_all(home, "hubspot")


def contacts(home: Path) -> list[tuple]:
    return landed(home, "hubspot", "contact", "id::int, property_lastmodifieddate, _fivetran_deleted")


def many(count: int, at: str = "2026-03-01T09:00:00Z", **limits) -> Portal:
    portal = Portal(**limits)
    for number in range(1, count + 1):
        portal.put("contacts", number, at, email=f"{number}@x.example")
    return portal


def test_all_that_a_company_has_is_loaded_once(home, serve):
    portal = company()
    serve(portal)
    fetch(home)
    assert run_loader(home, "hubspot") == {
        "company": (3, 0),
        # Four, and the deleted one.
        "contact": (5, 0),
        "contact_form_submission": (2, 0),
        # Each came as a lead; Bob became an MQL.
        "contact_property_history": (5, 0),
        "deal": (2, 0),
        # Three companies, the primary one by two kinds of association.
        "deal_company": (4, 0),
        # Two labels make no second pair.
        "deal_contact": (2, 0),
        "deal_pipeline_stage": (2, 0),
        "deal_stage": (2, 0),
        "email_event": (4, 0),
        "engagement_call": (1, 0),
        "engagement_company": (2, 0),
        "engagement_contact": (2, 0),
        "engagement_email": (1, 0),
        "engagement_meeting": (1, 0),
        "form": (3, 0),
        "owner": (2, 0),
    }
    assert fetch(home) == []
    next_day(portal)
    fetch(home)
    assert run_loader(home, "hubspot") == {
        # Ann, who has the other now, Bob, Dora, and Carl's deletion.
        "contact": (4, 0),
        # Earlier values again. So do the forms that Ann sent, in a file like the first one, which is passed over.
        "contact_property_history": (3, 0),
        "deal": (1, 0),
        "deal_contact": (1, 0),
        "deal_stage": (2, 0),
    }


def test_every_property_is_asked_for_and_of_engagements_no_text(home, serve):
    portal = company()
    portal.put("contacts", 103, "2026-03-11T09:00:00Z", **{"favourite_colour": "grün", "odd__name": 1, "odd_name": 2})
    serve(portal)
    fetch(home)
    columns = "property_favourite_colour, property_odd_name, property_odd_name_2"
    assert landed(home, "hubspot", "contact", columns)[0] == ("grün", "1", "2")
    assert "Private" not in str(landed(home, "hubspot", "engagement_call"))


def test_more_than_a_search_gives_lands_also_where_all_changed_at_once(home, serve, contacts_alone):
    serve(many(350, search_limit=200))
    fetch(home)
    assert [identity for identity, *_ in contacts(home)] == list(range(1, 351))


def test_what_changes_while_pages_are_read_is_not_lost_nor_makes_others_lost(home, serve, contacts_alone, monkeypatch):
    monkeypatch.setenv("SOURCES__HUBSPOT__LAG_MINUTES", "0")
    portal = many(350)
    reads = []

    def edit(path: str) -> None:
        reads.extend([path] if path.endswith("/batch/read") else [])
        if len(reads) == 6 and portal.records["contacts"]["300"]["lastmodifieddate"] == "2026-03-01T09:00:00Z":
            # 300 was found and is about to be read; the page of 1 was.
            portal.put("contacts", 1, "2026-03-01T09:00:01Z")
            portal.put("contacts", 300, "2026-03-01T09:00:02Z")

    portal.meanwhile = edit
    serve(portal)
    fetch(home)
    fetch(home)
    rows = contacts(home)
    assert {identity for identity, *_ in rows} == set(range(1, 351))
    assert len(rows) == 351
    assert [at for identity, at, _ in rows if identity == 1] == ["2026-03-01T09:00:00Z", "2026-03-01T09:00:01Z"]
    assert [at for identity, at, _ in rows if identity == 300] == ["2026-03-01T09:00:02Z"]


def test_what_search_knows_late_lands_later_and_nothing_twice(home, serve, contacts_alone):
    portal = many(5)
    portal.put("contacts", 6, "2026-03-01T08:30:00Z")
    portal.unindexed.add("6")
    serve(portal)
    fetch(home)
    portal.unindexed.clear()
    portal.put("contacts", 7, "2026-03-01T09:00:00Z")
    fetch(home)
    assert [identity for identity, *_ in contacts(home)] == [1, 2, 3, 4, 5, 6, 7]


def test_a_deletion_is_the_newest_version_and_lands_once(home, serve, contacts_alone):
    portal = many(5)
    for number in (1, 2, 3):
        portal.archive("contacts", number, f"2026-03-0{number + 1}T09:00:00Z")
    serve(portal)
    fetch(home)
    portal.archive("contacts", 5, "2026-03-04T09:00:00Z")
    fetch(home)
    fetch(home)
    assert [row for row in contacts(home) if row[2] == "true"] == [
        (1, "2026-03-02T09:00:00Z", "true"),
        (2, "2026-03-03T09:00:00Z", "true"),
        (3, "2026-03-04T09:00:00Z", "true"),
        (5, "2026-03-04T09:00:00Z", "true"),
    ]
    assert len(contacts(home)) == 6


def test_a_deletion_of_what_changed_last_repeats_nothing(home, serve, contacts_alone):
    """The newest change that is left is then older than the one of the last load."""
    portal = Portal()
    for number in (1, 2, 3):
        portal.put("contacts", number, f"2026-03-0{number}T09:00:00Z")
    serve(portal)
    fetch(home)
    portal.archive("contacts", 3, "2026-03-05T09:00:00Z")
    assert len(fetch(home)) == 1
    assert fetch(home) == []
    assert [identity for identity, *_ in contacts(home)] == [1, 2, 3, 3]


def test_events_with_the_time_of_the_last_one_are_not_lost(home, serve):
    portal = company()
    serve(portal)
    fetch(home)
    newest = portal.events[3]
    portal.events.append(newest | {"id": "v-9"})
    portal.events.append(newest | {"id": "v-10", "created": newest["created"] + 86_400_000})
    fetch(home)
    fetch(home)
    assert [row[0] for row in landed(home, "hubspot", "email_event", "id")] == [
        "v-1",
        "v-10",
        "v-2",
        "v-3",
        "v-4",
        "v-9",
    ]


def test_an_altered_list_lands_its_alterations(home, serve):
    portal = company()
    serve(portal)
    fetch(home)
    for day, name in enumerate(["Renamed", "Form 2", "Renamed"], start=2):
        portal.forms[1] = portal.forms[1] | {"name": name, "updatedAt": f"2026-01-0{day}T10:00:00Z"}
        fetch(home)
    names = [name for guid, name in landed(home, "hubspot", "form", "guid, name") if guid == "f-2"]
    assert names == ["Form 2", "Form 2", "Renamed", "Renamed"]
    assert run_loader(home, "hubspot")["form"] == (6, 0)
    assert len(landed(home, "hubspot", "owner")) == 2


def test_limits_and_failures_that_pass_are_waited_for(home, serve):
    server = serve(company())
    server.fail(429, "/contacts/search", times=1, headers={"Retry-After": "1"})
    server.fail(502, "/batch/read", times=3)
    server.fail(500, "/owners", times=2, after=1)
    fetch(home)
    first, second = [at for at, call in server.calls if "/contacts/search" in call.path][:2]
    assert second - first >= 1
    assert len(landed(home, "hubspot", "contact")) == 5
    assert len(landed(home, "hubspot", "owner")) == 2


@pytest.mark.parametrize("path", ["/contacts/batch/read", "/associations/deals/contacts", "/owners"])
def test_a_failure_that_stays_lands_nothing_and_loses_nothing(home, serve, path):
    server = serve(company())
    server.fail(500, path)
    with pytest.raises(ExtractError, match=rf"^hubspot: 500 for /\S*{path}\S*: the vendor failed, .*\(out of order\)$"):
        fetch(home)
    assert server.count(path) == 5
    assert not list((home / "landing").glob("*/*/*.parquet"))
    server.faults.clear()
    fetch(home)
    assert len(landed(home, "hubspot", "contact")) == 5


REFUSED = "sources.hubspot.access_token (SOURCES__HUBSPOT__ACCESS_TOKEN)"


def test_a_wrong_token_is_named_and_not_shown(home, serve, monkeypatch):
    serve(company())
    monkeypatch.setenv("SOURCES__HUBSPOT__ACCESS_TOKEN", "pat-wrong")
    with pytest.raises(ExtractError) as error:
        fetch(home)
    assert str(error.value).startswith("hubspot: 401 for /")
    assert str(error.value).endswith(f": it refuses {REFUSED} (expired)")
    assert "pat-wrong" not in str(error.value)


def test_a_missing_token_is_named(home, serve, monkeypatch):
    serve(company())
    monkeypatch.delenv("SOURCES__HUBSPOT__ACCESS_TOKEN")
    with pytest.raises(ExtractError) as error:
        fetch(home)
    assert str(error.value) == f"hubspot: missing {REFUSED}"


def test_a_missing_scope_is_named_and_can_be_done_without(home, serve, monkeypatch):
    server = serve(company())
    scopes = {"context": {"requiredGranularScopes": ["forms"]}}
    server.fail(403, "/marketing/v3/forms", content={"message": "This app lacks scopes.", "errors": [scopes]})
    with pytest.raises(ExtractError) as error:
        fetch(home)
    told = str(error.value)
    assert told.startswith("hubspot: 403 for /marketing/v3/forms: ")
    assert "SOURCES__HUBSPOT__WITHOUT" in told and "forms" in told.split("(This app lacks scopes.")[1]
    monkeypatch.setenv("SOURCES__HUBSPOT__WITHOUT", '["form"]')
    fetch(home)
    assert landed(home, "hubspot", "form") == []
    assert len(landed(home, "hubspot", "contact")) == 5


def test_what_can_be_done_without_is_listed(home, serve, monkeypatch):
    serve(company())
    monkeypatch.setenv("SOURCES__HUBSPOT__WITHOUT", '["forms"]')
    with pytest.raises(
        ExtractError, match=r"names forms; there are contact, company, deal, .*form, owner, email_event$"
    ):
        fetch(home)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/contacts/search", {"raw": b"<html>Welcome</html>"}),
        ("/contacts/search", {"content": ["results"]}),
        ("/contacts/search", {"content": {"result": []}}),
        ("/contacts/search", {"content": {"results": [{"id": "1"}]}}),
        ("/contacts/batch/read", {"content": {"results": [{"id": "101", "properties": {"email": "a"}}]}}),
        ("/contacts/batch/read", {"content": {"results": [], "errors": [MISSING | {"category": "INTERNAL"}]}}),
        ("/deals/companies/batch/read", {"content": {"results": [{"from": {"id": "1"}, "to": [{"id": "2"}]}]}}),
        ("/pipelines/deals", {"content": {"results": [{"id": "default"}]}}),
        ("/email/public/v1/events", {"content": {"events": [{"id": "1"}]}}),
        ("/email/public/v1/events", {"content": {"events": [], "hasMore": True}}),
        ("/email/public/v1/events", {"content": {"events": [], "hasMore": True, "offset": "0"}}),
    ],
)
def test_an_answer_that_is_none_of_hubspots_is_its_fault(home, serve, path, answer):
    server = serve(company())
    server.fail(200, path, **answer)
    with pytest.raises(ExtractError, match=rf"^hubspot: \S*{path} has .*SOURCES__HUBSPOT__BASE_URL"):
        fetch(home)


@pytest.mark.parametrize("content", [{"message": "odd", "errors": ["filter"]}, {"message": "odd", "errors": {}}])
def test_an_error_that_is_told_oddly_is_its_fault(home, serve, contacts_alone, content):
    serve(company()).fail(400, "/contacts/search", content=content)
    with pytest.raises(
        ExtractError, match=r"^hubspot: 400 for \S*/search: it does not take what it was asked \(odd\)$"
    ):
        fetch(home)


def test_nobody_there_is_told(home, monkeypatch):
    monkeypatch.setenv("SOURCES__HUBSPOT__BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SOURCES__HUBSPOT__ACCESS_TOKEN", TOKEN)
    with pytest.raises(
        ExtractError, match=r"^hubspot: no answer for /\S+ \(ConnectionError\); see sources.hubspot.base_url"
    ):
        fetch(home)


def test_a_fault_of_ours_is_no_fault_of_the_source(home):
    import dlt

    @dlt.resource(name="leads")
    def broken():
        yield {"id": 1}["number"]

    with pytest.raises(Exception) as error:
        land(Settings(home), Extractor("hubspot", broken, "access_token"))
    assert not isinstance(error.value, ExtractError)


def test_a_killed_run_loses_and_repeats_nothing(tmp_path, serve):
    """Killed before the first page, within the pages of contacts, among the rest; the next run too."""
    portal = company()
    for number in range(1000, 1250):
        portal.put("contacts", number, "2026-03-01T09:00:00Z", email=f"{number}@x.example", lifecyclestage="lead")
    server = serve(portal, delay=0.01)
    home, whole = tmp_path / "killed", tmp_path / "whole"
    fetch(whole)
    for calls in (1, 12, 30):
        land_killed(home, "hubspot", server, calls)
        assert not list((home / "landing").glob("*/*/*.parquet"))
    fetch(home)
    assert everything(home, "hubspot") == everything(whole, "hubspot")
    next_day(portal)
    land_killed(home, "hubspot", server, 15)
    fetch(home)
    fetch(whole)
    assert everything(home, "hubspot") == everything(whole, "hubspot")


def test_a_submission_that_is_none_is_rejected_alone(home, serve, contacts_alone):
    portal = many(2)
    sent = "f-1:1772271600000;f-2:soon;f-3;f-4::1772271600001;f-5:" + "9" * 30
    portal.put("contacts", 3, "2026-03-01T09:00:00Z", hs_calculated_form_submissions=sent)
    serve(portal)
    fetch(home)
    assert run_loader(home, "hubspot")["contact_form_submission"] == (2, 3)


def test_a_load_whose_cursors_are_stored_is_whole(home, serve, contacts_alone):
    """Killed before dlt marks the load, with its folder lost: nobody would fetch those rows again."""
    serve(many(3))
    land_killed_at(home, "hubspot", "cursors stored")
    shutil.rmtree(home / "dlt")
    fetch(home)
    assert len(landed(home, "hubspot", "contact")) == 3


@pytest.mark.parametrize(
    "file", ["state.json", "schemas/hubspot.schema.json", "load/.version", "normalize/.version", "trace.pickle"]
)
def test_a_damaged_working_folder_is_told_or_does_no_harm(home, serve, contacts_alone, file):
    serve(many(3))
    fetch(home)
    folder = home / "dlt" / "hubspot"
    (folder / file).write_bytes(b"")
    try:
        fetch(home)
    except ExtractError as error:
        assert str(error).startswith(f"hubspot: cannot read {folder} (")
        shutil.rmtree(folder)
    assert fetch(home) == []
    assert len(contacts(home)) == 3


def test_the_working_folder_does_not_grow_with_each_run(home, serve, contacts_alone):
    portal = many(3)
    serve(portal)
    for day in (2, 3, 4):
        portal.put("contacts", 1, f"2026-03-0{day}T09:00:00Z", email=f"{day}@x.example")
        fetch(home)
    assert not list((home / "dlt" / "hubspot" / "load" / "loaded").glob("*"))


def test_two_loads_at_the_same_time_repeat_nothing(home, serve, contacts_alone):
    """A run started by hand while the scheduled one fetches."""
    serve(many(250), delay=0.02)
    command = [sys.executable, "-c", PROGRAM, str(home), "hubspot"]
    both = [subprocess.Popen(command, cwd=PROJECT_DIR) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert [identity for identity, *_ in contacts(home)] == list(range(1, 251))


def test_a_lost_working_folder_loses_and_repeats_nothing(home, serve):
    portal = company()
    serve(portal)
    fetch(home)
    before = everything(home, "hubspot")
    shutil.rmtree(home / "dlt")
    assert fetch(home) == []
    next_day(portal)
    shutil.rmtree(home / "dlt")
    fetch(home)
    assert len(landed(home, "hubspot", "contact")) == len(before["contact"]) + 4
