"""Everything here runs by `make test-engines` alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.targets import TARGETS, Target

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.engines)


@pytest.fixture(scope="module", params=sorted(TARGETS))
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    with TARGETS[request.param]() as running:
        yield running


@pytest.fixture(scope="module")
def lakes() -> Iterator[Target]:
    with TARGETS["ducklake"]() as running:
        yield running
