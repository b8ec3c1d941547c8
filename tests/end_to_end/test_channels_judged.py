"""Another web analytics server gets the same sessions of a real browser; its channels must agree with our sources."""

import json
import socketserver
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from runlight import Runlight
from runlight.store import Stores
from runlight.wsgi import RunlightMiddleware
from werkzeug.serving import generate_adhoc_ssl_context

from tests.end_to_end.nightly_runs import query, run_nightly

# Debian's, which .ci/run installs: a browser is no Python package.
BROWSER = "/usr/bin/chromium"
pytestmark = pytest.mark.slowest

SITE = "shop.example"
# Host that links to the site (none: the address is typed) and the query of the link.
SESSIONS = [
    ("", ""),
    ("", "?page=2"),
    ("www.google.com", ""),
    ("www.bing.com", ""),
    ("duckduckgo.com", ""),
    ("www.google.com", "?gclid=Cj0KCQ"),
    ("www.google.com", "?utm_source=google&utm_medium=cpc&utm_campaign=brand"),
    ("www.bing.com", "?utm_source=bing&utm_medium=cpc&msclkid=77"),
    ("www.linkedin.com", ""),
    ("l.facebook.com", ""),
    ("l.facebook.com", "?fbclid=IwAR"),
    ("t.co", ""),
    ("www.linkedin.com", "?utm_source=linkedin&utm_medium=paid_social&utm_campaign=launch"),
    ("", "?utm_source=newsletter&utm_medium=email&utm_campaign=june"),
    ("mail.google.com", ""),
    ("chatgpt.com", ""),
    ("www.perplexity.ai", ""),
    ("blog.partner.example", ""),
    ("shop.example", ""),
]
# The judge's channel -> source types that say the same in our words, and the sources alone where those say more.
AGREES = {
    "Direct": {"direct"},
    "Organic Search": {"organic_search"},
    "Paid Search": {"google_ads_search", "paid_search"},
    "Social": {"organic_social", "linkedin_ads", "meta_ads", "paid_social"},
    "Email": {"email_marketing"},
    "AI": {"ai_assistant"},
    "Referral": {"website_referral"},
}
PAGE = """<title>Shop</title><script defer src="/runlight/s.js"></script><script>
navigator.sendBeacon("/collect", JSON.stringify({url: location.href, referrer: document.referrer}))</script>"""
LINK = '<meta name="referrer" content="unsafe-url"><script>location.href = %s</script>'


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """Answers a browser's requests side by side."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def site(folder: Path) -> Iterator[tuple[int, int, list[dict[str, Any]]]]:
    """The shop on one port, with the judge's script and a page call of ours; on another the web, by TLS, with links.

    A browser knows of well-known hosts that they are reached by TLS alone.
    """
    calls: list[dict[str, Any]] = []

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/collect":
            calls.append(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
            start_response("204 No Content", [])
            return []
        start_response("200 OK", [("Content-Type", "text/html")])
        target = parse_qs(environ["QUERY_STRING"]).get("to")
        return [(LINK % json.dumps(target[0]) if target else PAGE).encode()]

    judge = Runlight(
        store=Stores.sqlite(str(folder / "judge.db")), site={"name": SITE, "hostnames": [SITE], "timezone": "UTC"}
    )
    shop, web = (
        make_server("127.0.0.1", 0, RunlightMiddleware(answer, judge), server_class=Server, handler_class=Quiet)
        for _ in range(2)
    )
    web.socket = generate_adhoc_ssl_context().wrap_socket(web.socket, server_side=True)
    for server in (shop, web):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield shop.server_port, web.server_port, calls
    for server in (shop, web):
        server.shutdown()
        server.server_close()


def browse(number: int, referrer: str, page: str, web_port: int, profile: Path) -> None:
    """One session, by a new browser."""
    start = f"https://{referrer}:{web_port}/?to={quote(page)}" if referrer else page
    agent = f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{100 + number}.0.0.0"
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
        "--ignore-certificate-errors",
    ]
    options += [f"--user-data-dir={profile}", f"--user-agent={agent} Safari/537.36"]
    # Every name is this machine; a page is left once its scripts had time to report the session.
    options += ["--host-resolver-rules=MAP * 127.0.0.1", "--virtual-time-budget=3000", "--dump-dom"]
    subprocess.run([BROWSER, *options, start], capture_output=True, timeout=120, check=True)


def judged(folder: Path) -> dict[str, str]:
    """The other server's channel of each session, by its first page."""
    with sqlite3.connect(folder / "judge.db") as connection:
        return dict(connection.execute("select entry_path, channel from rl_sessions"))


def test_the_channels_are_those_of_another_analytics_server(tmp_path):
    with site(tmp_path) as (port, web_port, calls):
        for number, (referrer, tags) in enumerate(SESSIONS):
            browse(number, referrer, f"http://{SITE}:{port}/{number}{tags}", web_port, tmp_path / f"browser{number}")
        deadline = time.monotonic() + 30
        while len(judged(tmp_path)) < len(SESSIONS) and time.monotonic() < deadline:
            time.sleep(0.2)
    channels = judged(tmp_path)
    assert len(channels) == len(calls) == len(SESSIONS)
    now = datetime.now(UTC).isoformat()
    rows = [{"id": f"p{n}", "anonymous_id": f"visitor{n}", "timestamp": now, **call} for n, call in enumerate(calls)]
    pages = tmp_path / "landing/segment/pages/pages.jsonl"
    pages.parent.mkdir(parents=True)
    pages.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    assert run_nightly(tmp_path, as_of=None, sources_enabled=["segment"]) == 0
    sources = dict(query(tmp_path, "select touchpoint_id, source from marts.fct_touchpoints"))
    seen = {
        call["url"].split(f":{port}")[1]: (
            channels["/" + call["url"].split("/")[3].split("?")[0]],
            sources[f"session:events:segment:p{number}"],
        )
        for number, call in enumerate(calls)
    }
    assert {channel for channel, _ in seen.values()} == set(AGREES)
    assert {page: both for page, both in seen.items() if both[1] not in AGREES.get(both[0], ())} == {}
