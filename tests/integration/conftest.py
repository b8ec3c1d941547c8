"""What the extractors' tests share: a place to land in, and web servers that stop with the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fakes.web_server import WebServer


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def start_server(monkeypatch) -> Iterator[Callable[..., WebServer]]:
    """Starts servers; an extractor tries again at once where they do not say when."""
    monkeypatch.setenv("RUNTIME__REQUEST_BACKOFF_FACTOR", "0.01")
    with ExitStack() as servers:
        yield lambda reply, delay: servers.enter_context(WebServer(reply, delay))
