"""Which tests share a worker, and which start first, where `make test` runs two workers side by side."""

import pytest

# Minutes each, longest first, so that no worker is left alone with one at the end.
LONG = ("test_interrupted_nights", "test_random_histories", "test_sample_nights", "test_golden_company")


@pytest.hookimpl(tryfirst=True)  # before the workers read the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module stays on one worker, as what its fixtures build is dear; a test may name a group of its own."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
