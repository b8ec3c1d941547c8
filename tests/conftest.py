"""Which tests start first, where `make test` and `make test-slow` run the modules on two workers."""

import pytest

# Minutes each, longest first, so that no worker is left alone with one at the end.
LONG = (
    "test_feeds_in_any_combination",
    "test_random_histories",
    "test_interrupted_runs",
    "test_web_analytics",
    "test_vendor_formats",
    "test_empty_company",
    "test_golden_company",
    "test_sample_runs",
    "test_crm_feeds",
    "test_edge_cases",
    "test_crm_runs",
    "test_ad_platforms",
    "test_worked_company",
)


@pytest.hookimpl(tryfirst=True)  # before the workers read the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long modules first, the others in their order."""
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))
