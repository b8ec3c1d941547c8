"""The source that a marketer would name for what real tags, referrers, CRM fields and activities contain.

The cases are in tests/dbt/fixtures/source_cases_*.csv, each with its expected source in source_cases_*_expected.csv.
The hosts of public lists are in listed_referrers.csv (Matomo's searchengine-and-social-list, CC0), in runlight and in
referer-parser (Snowplow's list).
"""

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest
from dbt.contracts.graph.manifest import Manifest
from referer_parser import REFERERS
from runlight.data.sources import SOURCES

from orchestration.config.settings import PROJECT_DIR
from orchestration.ingest.contract import CONTRACTS_DIR, load_contract
from tests.end_to_end.dbt_in_process import Warehouse, parse

CASES = PROJECT_DIR / "tests/dbt/fixtures"
CONTRACTS = [load_contract(path) for path in sorted((CONTRACTS_DIR / "standard").glob("*.yml"))]
MODELS = ("int_source_rule_conditions", "int_source_signals_normalised", "int_source_signals_classified")
# Finer than the lists: a video site is no social network.
MEDIA = {
    "search": {"organic_search"},
    "social": {"organic_social", "video"},
    "ai": {"ai_assistant"},
    "email": {"email_marketing"},
}
LISTED = {
    "matomo": ("search", "social", "ai"),
    "judge": ("search", "social", "email", "ai"),
    "snowplow": ("search", "social", "email"),
}
SEEDS = (
    *("source_catalogue", "source_rules", "source_words", "referrer_hosts", "ignored_referrers", "click_ids"),
    "placeholder_identifiers",
)


def hosts_of_packages() -> Iterator[tuple[str, str, str]]:
    """List, medium and host."""
    for source in SOURCES:
        yield from (("judge", source["kind"], host) for host in source["hosts"])
    yield from (("snowplow", entry["medium"], host) for host, entry in REFERERS.items() if "/" not in host)


@pytest.fixture(scope="module")
def classified(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse whose source signals are the cases, classified by the seeds as they are."""
    manifest: Manifest = parse(tmp_path_factory.mktemp("parsed"), {})
    warehouse = Warehouse(tmp_path_factory.mktemp("home"), manifest, CONTRACTS, {})
    warehouse.load(0, [])
    database = warehouse.home / "warehouse/warehouse.duckdb"
    database.parent.mkdir()
    files = [str(path) for path in sorted(CASES.glob("source_cases_*.csv")) if not path.stem.endswith("_expected")]
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.int_source_signals as"
            " select filename || ' ' || source_key as source_key, * exclude (source_key, filename),"
            " cast(null as varchar) as utm_content"
            " from read_csv($files, all_varchar = true, filename = true)",
            {"files": files},
        )
        connection.execute(
            "insert into intermediate.int_source_signals by name"
            " select 'matomo ' || medium || ' ' || host as source_key, host as referrer_host, 'session' as touch_type"
            f" from read_csv('{CASES}/listed_referrers.csv')"
        )
        connection.executemany(
            "insert into intermediate.int_source_signals by name"
            " select concat_ws(' ', $1, $2, $3) as source_key, $3 as referrer_host, 'session' as touch_type",
            list(hosts_of_packages()),
        )
    models = ["--select", *SEEDS, *MODELS, "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    warehouse.run("build", datetime(2026, 1, 1), *models)
    return warehouse


@pytest.mark.parametrize("kind", ["sessions", "crm_words", "work_and_money"])
def test_a_case_has_the_source_that_a_marketer_would_name(classified: Warehouse, kind: str):
    file = CASES / f"source_cases_{kind}.csv"
    found = classified.query(
        f"select source_key, source, is_unmapped from intermediate.int_source_signals_classified"
        f" where starts_with(source_key, '{file} ')"
    )
    expected = duckdb.sql(
        f"select '{file} ' || source_key, source, is_unmapped from read_csv('{CASES}/source_cases_{kind}_expected.csv')"
    ).fetchall()
    assert len(expected) > 50
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("public_list", "medium"),
    [(name, medium) for name, media in LISTED.items() for medium in media],
)
def test_a_host_of_a_public_list_has_its_medium(classified: Warehouse, public_list: str, medium: str):
    found = classified.query(
        "select source from intermediate.int_source_signals_classified"
        f" where starts_with(source_key, '{public_list} {medium} ')"
    )
    assert len(found) > 10
    assert sum(source in MEDIA[medium] for (source,) in found) / len(found) >= 0.98
