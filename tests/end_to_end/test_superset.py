"""A running Superset, as `make superset` starts it: the dashboard shows the release, and nobody writes through it."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
import requests
from playwright.sync_api import Browser, Response, expect, sync_playwright

from orchestration.cli import superset
from orchestration.config.settings import Settings
from orchestration.release.publish import publish
from tests.end_to_end.nightly_runs import PROJECT_DIR, environment, land_company, query, run_nightly

pytestmark = pytest.mark.superset

BROWSER = "/usr/bin/chromium"
DASHBOARD = "superset/dashboard/lead-sources/"
LABELLED = "join marts.dim_sources as sources using (source) where attribution_model = 'w_shaped'"
# What each query of each chart shows; {source} and {months} are the dashboard's filters.
SHOWN = {
    "What to do with each source": [
        "select quarter, source_label, recommendation, recommendation_reason, ltv_cac_ratio, ltv_cac_low, ltv_cac_high"
        f" from marts.source_performance_quarterly {LABELLED} and quarter = date '2026-04-01' {{source}}"
    ],
    "LTV:CAC by source, over all time": [
        "select source_label, ltv_cac_ratio"
        f" from marts.fct_source_cac_ltv {LABELLED} and ltv_cac_ratio is not null {{source}}"
    ],
    "Cost and lifetime value of a customer, over all time": [
        "select source_label, investment, customers, cac, cac_low, cac_high, projected_ltv, ltv_cac_ratio, ltv_cac_low,"
        f" ltv_cac_high, payback_months from marts.fct_source_cac_ltv {LABELLED} {{source}}"
    ],
    "Investment and customers by month": [
        f"select month, sum({figure}) from marts.source_performance_monthly {LABELLED} {{source}} {{months}} group by 1"
        for figure in ("investment", "customers")
    ],
    "Funnel by source": [
        "select source_label, sum(leads), sum(mqls), sum(sqls), sum(opportunities), sum(customers)"
        " from marts.source_funnel join marts.dim_sources as sources using (source) where true {source} {months}"
        " group by 1"
    ],
    "Leads without a clear source": [
        "select dimension, value, leads, unclear_leads, unclear_share from marts.tracking_coverage"
    ],
    "Checks": ["select check_name, passed, severity, figure, threshold, evaluated_at from marts.check_results"],
}
# Columns in the order of those queries, where Superset has another one.
FUNNEL = ["source_label", "leads", "mqls", "sqls", "opportunities", "customers"]


class Running(NamedTuple):
    """A Superset that serves the release of a company."""

    settings: Settings
    url: str
    output: str

    @property
    def password(self) -> str:
        return (self.settings.home / "superset" / "admin_password").read_text()

    def session(self) -> requests.Session:
        """Of the administrator, by API."""
        session = requests.Session()
        login = {"username": "admin", "password": self.password, "provider": "db", "refresh": False}
        answer = session.post(f"{self.url}/api/v1/security/login", json=login, timeout=60)
        assert answer.status_code == 200, answer.text
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        token = session.get(f"{self.url}/api/v1/security/csrf_token/", timeout=60).json()["result"]
        session.headers.update({"X-CSRFToken": token, "Referer": self.url})
        return session


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("superset")
    land_company(home)
    assert run_nightly(home) in (0, 3)
    port = free_port()
    output = home / "output.txt"
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli.superset", "--port", str(port)],
            cwd=PROJECT_DIR,
            env=environment(home),
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 600
        while not answers(url):
            assert process.poll() is None and time.monotonic() < deadline, output.read_text()
            time.sleep(1)
        yield Running(Settings(home=home), url, output.read_text())
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=60).ok
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def test_it_serves_this_machine_alone_and_keeps_its_secrets(running: Running):
    port = int(running.url.rpartition(":")[2])
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        # Another address of this machine, as from another one.
        other.connect(("127.0.0.2", port))
    folder = running.settings.home / "superset"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("admin_password", "secret_key")} == {0o600}
    assert running.output.count(running.password) == 1
    assert len(running.password) >= 32


def test_it_asks_for_a_password(running: Running):
    login = {"username": "admin", "password": "admin", "provider": "db"}
    assert requests.post(f"{running.url}/api/v1/security/login", json=login, timeout=60).status_code == 401
    assert requests.get(f"{running.url}/api/v1/chart/", timeout=60).json().get("result", []) == []
    assert requests.get(f"{running.url}/{DASHBOARD}", timeout=60).url.startswith(f"{running.url}/login")


class Drawn(NamedTuple):
    """A dashboard as the browser had it: the rows of each query of each chart."""

    rows: dict[str, list[list[tuple]]]
    errors: list[str]
    asked: list[str]


@contextmanager
def logged_in(browser: Browser, running: Running) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1600, "height": 3000})
    page = context.new_page()
    page.goto(f"{running.url}/login/")
    page.fill("#username", "admin")
    page.fill("#password", running.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/superset/welcome/**")
    yield page
    context.close()


def draw(browser: Browser, running: Running, filters: str = "") -> Drawn:
    """The dashboard once all its charts are drawn."""
    responses: list[Response] = []
    errors: list[str] = []
    asked: list[str] = []
    with logged_in(browser, running) as page:
        page.on("response", lambda response: responses.append(response))
        page.on("requestfinished", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{running.url}/{DASHBOARD}{filters}")
        drawn = page.locator(".slice_container", has=page.locator("table, canvas"))
        expect(drawn).to_have_count(len(SHOWN), timeout=120_000)
        page.wait_for_load_state("networkidle")
        errors += page.locator("[role=alert], .ant-alert-error").all_inner_texts()
        charts = page.evaluate("fetch('/api/v1/dashboard/lead-sources/charts').then(answer => answer.json())")["result"]
        titles = {chart["id"]: chart["slice_name"] for chart in charts}
        rows: dict[str, list[list[tuple]]] = {}
        for response in responses:
            if "/api/v1/chart/data" in response.url:
                chart = titles.get(json.loads(response.request.post_data or "{}")["form_data"].get("slice_id"))
                # Options of the filter have no chart.
                if chart:
                    rows[chart] = [read_result(chart, result) for result in response.json()["result"]]
    return Drawn(rows, errors, asked)


def read_result(chart: str, result: dict[str, Any]) -> list[tuple]:
    columns = FUNNEL if chart == "Funnel by source" else result["colnames"]
    return [tuple(row[column] for column in columns) for row in result["data"]]


def as_shown(value: Any) -> Any:
    """A value of the release as Superset's JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        return moment.replace(tzinfo=UTC).timestamp() * 1000
    return value


def by_key(rows: list[tuple]) -> list[tuple]:
    return sorted(rows, key=lambda row: [str(value) for value in row[:2]])


def expected(home: Path, source: str = "", months: str = "") -> dict[str, list[list[tuple]]]:
    return {
        chart: [
            by_key([tuple(map(as_shown, row)) for row in query(home, sql.format(source=source, months=months))])
            for sql in queries
        ]
        for chart, queries in SHOWN.items()
    }


def assert_shows(drawn: Drawn, wanted: dict[str, list[list[tuple]]]) -> None:
    assert drawn.rows.keys() == wanted.keys()
    for chart, queries in wanted.items():
        found = [by_key(rows) for rows in drawn.rows[chart]]
        assert [len(rows) for rows in found] == [len(rows) for rows in queries], chart
        for one, other in zip(chain(*found), chain(*queries), strict=True):
            # Sums of doubles differ in the last digits.
            assert list(one) == [pytest.approx(value) if isinstance(value, float) else value for value in other], chart


def test_the_dashboard_shows_the_release(browser: Browser, running: Running):
    drawn = draw(browser, running)
    wanted = expected(running.settings.home)
    assert_shows(drawn, wanted)
    assert min(len(rows) for queries in wanted.values() for rows in queries) >= 3
    # Its pixel that counts users is blocked, which the browser reports.
    assert [error for error in drawn.errors if "scarf.sh" not in error] == []
    assert [url for url in drawn.asked if not url.startswith((running.url, "data:", "blob:"))] == []


def test_the_dashboard_filters_by_source_and_month(browser: Browser, running: Running):
    filters = (
        "?native_filters=(NATIVE_FILTER-source:(id:NATIVE_FILTER-source,filterState:(value:!(Webinar)),"
        "extraFormData:(filters:!((col:source_label,op:IN,val:!(Webinar))))),"
        "NATIVE_FILTER-months:(id:NATIVE_FILTER-months,filterState:(value:'2026-04-01 : 2026-06-01'),"
        "extraFormData:(time_range:'2026-04-01 : 2026-06-01')))"
    )
    wanted = expected(
        running.settings.home,
        source="and source_label = 'Webinar'",
        months="and month >= date '2026-04-01' and month < date '2026-06-01'",
    )
    assert_shows(draw(browser, running, filters), wanted)


def ask(session: requests.Session, running: Running, sql: str) -> requests.Response:
    databases = session.get(f"{running.url}/api/v1/database/", timeout=60).json()["result"]
    [database] = [found["id"] for found in databases if found["database_name"] == "Lead sources"]
    asked = {"database_id": database, "sql": sql, "schema": "marts", "runAsync": False, "queryLimit": 1000}
    return session.post(f"{running.url}/api/v1/sqllab/execute/", json=asked, timeout=60)


def test_sql_lab_reads_the_marts(running: Running):
    answer = ask(running.session(), running, "select check_name, passed from marts.check_results")
    assert answer.status_code == 200, answer.text
    found = sorted((row["check_name"], row["passed"]) for row in answer.json()["data"])
    assert found == sorted(query(running.settings.home, "select check_name, passed from marts.check_results"))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * from read_text('/etc/passwd')", "disabled by configuration"),
        ("select * from '/etc/passwd'", "disabled by configuration|does not exist"),
        ("create table marts.mine as select 1 as one", "DML|read-only|not allowed"),
        ("insert into marts.dim_sources (source) values ('mine')", "DML|read-only|not allowed"),
        ("drop table marts.dim_sources", "DML|read-only|not allowed"),
        ("copy (select 1) to '/tmp/mine.csv'", "DML|read-only|not allowed|disabled by configuration"),
        ("attach '/tmp/mine.duckdb' as mine", "DML|read-only|not allowed|disabled by configuration"),
        ("set enable_external_access = true", "DML|not allowed|locked"),
    ],
)
def test_sql_lab_writes_nothing_and_reads_no_files(running: Running, sql: str, said: str):
    answer = ask(running.session(), running, sql)
    assert answer.status_code >= 400
    assert re.search(said, answer.text), answer.text
    assert "root:" not in answer.text


def test_duckdb_refuses_what_superset_would_let_through(running: Running):
    """Someone ticks "allow DML" in Superset: the connection still only reads."""
    session = running.session()
    [database] = [
        found["id"]
        for found in session.get(f"{running.url}/api/v1/database/", timeout=60).json()["result"]
        if found["database_name"] == "Lead sources"
    ]
    for allowed in (True, False):
        changed = session.put(f"{running.url}/api/v1/database/{database}", json={"allow_dml": allowed}, timeout=60)
        assert changed.status_code == 200, changed.text
        for sql in ("create table marts.mine as select 1 as one", "set enable_external_access = true"):
            answer = ask(session, running, sql)
            assert answer.status_code >= 400
            assert not allowed or "read-only" in answer.text or "locked" in answer.text, answer.text


def test_a_new_release_needs_no_restart(browser: Browser, running: Running):
    before = query(running.settings.home, "select sum(leads) from marts.source_funnel")
    with duckdb.connect(str(running.settings.warehouse)) as connection:
        connection.execute("update marts.source_funnel set leads = leads + 1000")
        connection.execute("update marts.check_results set figure = 0.123 where check_name = 'sla_compliance'")
    publish(running.settings)
    wanted = expected(running.settings.home)
    assert query(running.settings.home, "select sum(leads) from marts.source_funnel") != before
    assert_shows(draw(browser, running), wanted)


def test_a_second_start_changes_nothing_but_what_was_edited(running: Running):
    session = running.session()
    charts = session.get(f"{running.url}/api/v1/chart/", timeout=60).json()
    assert charts["count"] == len(SHOWN)
    edited = {"slice_name": "Edited"}
    assert session.put(f"{running.url}/api/v1/chart/{charts['ids'][0]}", json=edited, timeout=60).status_code == 200
    superset.prepare(running.settings)
    superset.run(running.settings, "import-directory", "--overwrite", str(superset.write_assets(running.settings)))
    charts = session.get(f"{running.url}/api/v1/chart/", timeout=60).json()
    assert sorted(chart["slice_name"] for chart in charts["result"]) == sorted(SHOWN)
    assert session.get(f"{running.url}/api/v1/dashboard/", timeout=60).json()["count"] == 1
