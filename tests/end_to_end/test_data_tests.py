"""Data tests that no other test shows failing: they pass on small companies, and each fails once these are broken."""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.contracts.graph.nodes import GenericTestNode

from orchestration.ingest.contract import load_contracts
from tests.end_to_end.dbt_in_process import Warehouse, parse
from tests.end_to_end.nightly_runs import COMPANY, FEEDS, VENDORS, land_company

AS_OF = datetime(2026, 7, 2)
SINGULAR = {path.stem for path in (Path(__file__).parents[1] / "dbt").glob("*.sql")}
GRAIN = "grain"
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
    "marts.report_performance": "customers + 1 as customers",
}
# What takes the place of a table that is empty in small companies.
FILLED = {
    "marts.budget_moves": """
        select quarter, attribution_model, source as from_source, source as to_source, investment + 1 as amount
        from marts.source_performance_quarterly
    """,
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
    results = warehouse.invoke("test", AS_OF, "--select", "test_type:singular", f"test_name:{GRAIN}").result
    tests = [result for result in results if result.node.resource_type == "test"]
    return {test.node.name: (test.status.value, test.node.compiled_code) for test in tests}


def put_aside(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Give a table or view another name, so that a view can have its own."""
    schema, name = relation.split(".")
    ((kind,),) = connection.execute(
        "select case when table_type = 'VIEW' then 'view' else 'table' end from information_schema.tables"
        " where table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchall()
    connection.execute(f"alter {kind} {relation} rename to {name}__whole")


def problems(arguments: dict[str, Any]) -> set[str]:
    """All that a grain test with these arguments can find."""
    columns, nullable = arguments.get("columns", []), arguments.get("nullable", [])
    keys = [
        *([columns + nullable] if columns + nullable else []),
        *([column] for column in arguments.get("unique", [])),
    ]
    return {
        *(f"{column} is null" for column in columns + arguments.get("required", [])),
        *(f"{column} is not accepted" for column in arguments.get("accepted", {})),
        *(f"rows of one {', '.join(key)}" for key in keys),
        *(f"{key['column']} names no row" for key in arguments.get("foreign_keys", [])),
    }


def test_every_guarantee_of_a_grain_test_fails_once_broken(warehouse: Warehouse):
    """Each model gets two rows of nulls, and two rows with words that nothing knows."""
    nodes = [node for node in warehouse.manifest.nodes.values() if isinstance(node, GenericTestNode)]
    tests = [node for node in nodes if node.test_metadata.name == GRAIN]
    assert len(tests) > 100
    compiled = run_tests(warehouse)
    declared, found = {}, {}
    with duckdb.connect(str(warehouse.home / "warehouse/warehouse.duckdb")) as connection:
        for test in tests:
            model = warehouse.manifest.nodes[test.attached_node]
            arguments = test.test_metadata.kwargs
            words = [*arguments.get("accepted", {}), *(key["column"] for key in arguments.get("foreign_keys", []))]
            replaced = ", ".join(f"'<none>' as {column}" for column in words)
            relation = f'"{model.schema}"."{model.alias}"'
            rows = f"select * from (values (1), (2)) as pair (number) left join {relation} on false"
            nulls = f"select * exclude (number) from ({rows})"
            strange = f"select * replace ({replaced}) from ({nulls})" if words else nulls
            _, sql = compiled[test.name]
            broken = sql.replace(f'from "warehouse".{relation}', f"from ({nulls} union all {strange})")
            declared[test.name] = problems(arguments)
            found[test.name] = {problem for problem, _ in connection.execute(broken).fetchall()}
    assert found == declared


def test_the_engine_enforces_the_constraints_of_contracts(warehouse: Warehouse):
    kinds = {"primary_key": "PRIMARY KEY", "unique": "UNIQUE"}
    declared = {
        (node.alias, kinds[constraint.type.value], tuple(constraint.columns))
        for node in warehouse.manifest.nodes.values()
        if node.resource_type == "model"
        for constraint in node.constraints
    }
    enforced = warehouse.query(
        "select table_name, constraint_type, constraint_column_names from duckdb_constraints()"
        " where schema_name = 'marts' and constraint_type in ('PRIMARY KEY', 'UNIQUE')"
    )
    assert declared == {(table, kind, tuple(columns)) for table, kind, columns in enforced}
    assert len(declared) > 30


# Last, as it leaves the relations broken.
def test_the_tests_of_the_data_pass_and_fail(warehouse: Warehouse):
    before = {name: status for name, (status, _) in run_tests(warehouse).items()}
    assert before.keys() >= SINGULAR
    assert {name for name, status in before.items() if status != "pass"} <= WARNS
    with duckdb.connect(str(warehouse.home / "warehouse/warehouse.duckdb")) as connection:
        for relation, columns in BREAKS.items():
            put_aside(connection, relation)
            connection.execute(f"create view {relation} as select * replace ({columns}) from {relation}__whole")
        for relation, query in FILLED.items():
            put_aside(connection, relation)
            connection.execute(f"create view {relation} as {query}")
    after = run_tests(warehouse)
    assert {name for name in SINGULAR if after[name][0] not in ("fail", "warn")} == set()
    # Every mart that the test lists fails by itself.
    unknown = {mart for mart, _ in warehouse.query(after["marts_name_known_sources"][1])}
    assert unknown == {
        mart.split(".")[-1]
        for mart in warehouse.manifest.nodes["test.lead_source_warehouse.marts_name_known_sources"].depends_on.nodes
    } - {"dim_sources"}
