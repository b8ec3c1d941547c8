"""The source that a marketer would name for what real tags, referrers, CRM fields and activities contain.

The cases are in tests/dbt/fixtures/source_cases_*.csv, each with its expected source in source_cases_*_expected.csv.
"""

from datetime import datetime

import duckdb
import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.config.settings import PROJECT_DIR
from orchestration.ingest.contract import CONTRACTS_DIR, load_contract
from tests.end_to_end.dbt_in_process import Warehouse, parse

CASES = PROJECT_DIR / "tests/dbt/fixtures"
CONTRACTS = [load_contract(path) for path in sorted((CONTRACTS_DIR / "standard").glob("*.yml"))]
MODELS = ("int_source_rule_conditions", "int_source_signals_normalised", "int_source_signals_classified")
SEEDS = ("source_catalogue", "source_rules", "source_words", "referrer_hosts", "click_ids")


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
            " select filename || ' ' || source_key as source_key, * exclude (source_key, filename)"
            " from read_csv($files, all_varchar = true, filename = true)",
            {"files": files},
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
