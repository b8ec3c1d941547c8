"""Data tests that no other test shows failing: they pass on small companies, and each fails once these are broken."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.contract import load_contracts
from tests.end_to_end.dbt_in_process import Warehouse, parse
from tests.end_to_end.nightly_runs import COMPANY, FEEDS, VENDORS, land_company

AS_OF = datetime(2026, 7, 2)
SINGULAR = {path.stem for path in (Path(__file__).parents[1] / "dbt").glob("*.sql")}
FOREIGN_KEYS = "foreign_keys"
# As vendors export it: a row without cost is no fault of ours.
WARNS = {"linkedin_ads_costs_are_stated"}
# What takes the place of columns of a table or view.
BREAKS = {
    "staging.stg_google_ads__ad_spend": "cost / 2 as cost",
    "staging.stg_linkedin_ads__ad_spend": "cost / 2 as cost",
    "staging.stg_meta_ads__ad_spend": "cost / 2 as cost",
    "staging.stg_microsoft_ads__ad_spend": "cost / 2 as cost",
    "staging.base_linkedin_ads__spend": "nullif(cost, cost) as cost",
    "staging.stg_load_log__load_ledger": "1 as rows_rejected",
    "seeds.source_rules": "'<no_such_word>' as utm_medium",
    "marts.dim_sources": "source || '_renamed' as source",
    "marts.funnel_by_dimension": (
        "case when dimension = 'country' then 1 else 0 end + recycled as recycled, 2 as recycled_rate_low"
    ),
    "marts.attribution_daily": "2 * value as value",
    "marts.fct_leads": "lead_id || '_renamed' as lead_id",
    "marts.fct_opportunities": "opportunity_id || '_renamed' as opportunity_id",
    "marts.fct_conversions": "conversion_id || '_renamed' as conversion_id",
    "marts.fct_touchpoints": "touchpoint_id || '_renamed' as touchpoint_id",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    dbt_vars = {"sources_enabled": VENDORS}
    manifest = parse(tmp_path_factory.mktemp("parsed"), dbt_vars)
    warehouse = Warehouse(tmp_path_factory.mktemp("home"), manifest, load_contracts(), dbt_vars)
    for feed in ("standard", *VENDORS):
        land_company(warehouse.home, company=FEEDS / feed if feed in VENDORS else COMPANY, feed=feed)
    warehouse.load_landed()
    warehouse.build(AS_OF)
    return warehouse


def run_tests(warehouse: Warehouse) -> dict[str, tuple[str, str]]:
    """Status and SQL of each of the tests."""
    results = warehouse.invoke("test", AS_OF, "--select", "test_type:singular", f"test_name:{FOREIGN_KEYS}").result
    tests = [result for result in results if result.node.resource_type == "test"]
    return {test.node.name: (test.status.value, test.node.compiled_code) for test in tests}


def break_relation(connection: duckdb.DuckDBPyConnection, relation: str, columns: str) -> None:
    """Put a view over a table or view that gives other values for some columns."""
    schema, name = relation.split(".")
    ((kind,),) = connection.execute(
        "select case when table_type = 'VIEW' then 'view' else 'table' end from information_schema.tables"
        " where table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchall()
    connection.execute(f"alter {kind} {relation} rename to {name}__whole")
    connection.execute(f"create view {relation} as select * replace ({columns}) from {schema}.{name}__whole")


def test_the_tests_of_the_data_pass_and_fail(warehouse: Warehouse):
    before = {name: status for name, (status, _) in run_tests(warehouse).items()}
    assert before.keys() >= SINGULAR
    assert {name for name, status in before.items() if status != "pass"} <= WARNS
    with duckdb.connect(str(warehouse.home / "warehouse/warehouse.duckdb")) as connection:
        for relation, columns in BREAKS.items():
            break_relation(connection, relation, columns)
    after = run_tests(warehouse)
    assert {name for name, (status, _) in after.items() if status not in ("fail", "warn")} == set()
    # Every key and every mart that a test lists fails by itself.
    declared = {
        (node.name, key["column"])
        for node in warehouse.manifest.nodes.values()
        if node.name.endswith(FOREIGN_KEYS)
        for key in node.test_metadata.kwargs["keys"]
    }
    assert len(declared) > 15
    found = {
        (name, column)
        for name, (_, sql) in after.items()
        if name.endswith(FOREIGN_KEYS)
        for column, *_ in warehouse.query(sql)
    }
    assert found == declared
    unknown = {mart for mart, _ in warehouse.query(after["marts_name_known_sources"][1])}
    assert unknown == {
        mart.split(".")[-1]
        for mart in warehouse.manifest.nodes["test.lead_source_warehouse.marts_name_known_sources"].depends_on.nodes
    } - {"dim_sources"}
