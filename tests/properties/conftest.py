"""Models as plain SQL over tables that a test fills: dbt compiles them, an in-memory DuckDB runs them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

PROJECT_DIR = Path(__file__).resolve().parents[2]

# Weights that meet every branch of int_rule_credits, beside the six models of the project.
MODELS = {
    "first_touch": {"first": 1},
    "last_touch": {"last": 1},
    "linear": {"middle": 1},
    "position_based": {"first": 0.4, "last": 0.4, "middle": 0.2},
    "w_shaped": {"first": 0.3, "lead_creation": 0.3, "opportunity_creation": 0.3, "middle": 0.1},
    "full_path": {"first": 0.225, "lead_creation": 0.225, "opportunity_creation": 0.225, "last": 0.225, "middle": 0.1},
    "milestone_only": {"lead_creation": 1},
    "both_milestones": {"lead_creation": 0.123, "opportunity_creation": 7},
    "weights_over_one": {"first": 3, "last": 2, "middle": 5},
    "no_middle": {"first": 0.2, "last": 0.8},
    "explicit_zero": {"first": 0, "last": 1, "middle": 0},
    "tiny": {"first": 1e-9, "middle": 1},
}


# What lifetime values are made of, from payments and customers on, parents first.
LIFETIME_VALUES = (
    *("int_knowledge_dates", "int_purchases", "int_purchase_ages", "int_customer_payments", "int_pending_renewals"),
    *("int_source_known_customers", "int_source_realised_months", "int_source_way_margins", "int_way_evidence"),
    *("int_way_dispersions", "int_way_rates", "int_source_way_ratios", "int_renewal_curves", "int_renewal_outlooks"),
    *("int_purchase_outlooks", "int_source_life_months", "int_source_cumulated_margins", "int_source_lifetime_values"),
    *("int_customer_purchase_values", "int_source_value_spreads", "int_source_ltv_intervals", "int_source_margins"),
)

# From the tables `first_deals` and `payments` that a test registers; every customer came by one source.
CUSTOMER_TABLES = {
    "seeds.source_settings": "select '' as source, 0.5 as gross_margin_rate where false",
    "intermediate.int_deals": """
        select account_id as deal_id, account_id, '' as lead_id, true as is_first_won, won_at::timestamp as won_at,
            0::decimal(18, 6) as amount
        from first_deals
    """,
    "intermediate.int_deal_sources": "select account_id as deal_id, source as original_source from first_deals",
    "intermediate.int_revenue": """
        select account_id, kind, amount::decimal(18, 6) as amount, revenue_on::date as revenue_on,
            null::varchar as subscription_id, period_start::date as period_start, period_end::date as period_end,
            'EUR' as original_currency, amount::decimal(18, 6) as original_amount
        from payments
    """,
    "intermediate.int_customer_shares": (
        "select account_id, attribution_model, source, 1.0::double as share from first_deals"
    ),
}


@pytest.fixture(scope="session")
def dbt(tmp_path_factory) -> Callable[..., dbtRunnerResult]:
    """dbt on the project, in this process and parsed once."""
    folder = str(tmp_path_factory.mktemp("compiled"))
    common = ["--quiet", "--target", "lint", "--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    common += ["--target-path", folder, "--log-path", folder]

    def run(command: str, *arguments: str, manifest: Manifest | None = None) -> dbtRunnerResult:
        done = dbtRunner(manifest).invoke([command, *common, *arguments])
        assert done.success, done.exception
        return done

    manifest = run("parse").result
    # dbt cannot copy disabled tests and saved queries, and nothing here asks for them.
    manifest.disabled.clear()
    manifest.saved_queries.clear()
    # A copy for each, as compiling writes its SQL into the nodes.
    return lambda *arguments: run("compile", *arguments, manifest=manifest.deepcopy())


@pytest.fixture(scope="session")
def compile_models(dbt) -> Callable[[dict[str, Any]], dict[str, str]]:
    """Gives SQL of every model by name, under the vars it is asked with."""

    def compile_with(variables: dict[str, Any]) -> dict[str, str]:
        results = dbt("--select", "resource_type:model", "--vars", json.dumps(variables)).result.results
        return {result.node.name: result.node.compiled_code for result in results}

    return compile_with


@dataclass(frozen=True)
class Model:
    """A compiled model: where it is, the SQL of its rows, and the models and seeds it reads."""

    relation: str
    sql: str
    parents: set[str]


@pytest.fixture(scope="session")
def compile_graph(dbt) -> Callable[[dict[str, Any]], dict[str, Model]]:
    """Gives every model by name, under the vars it is asked with."""

    def compile_with(variables: dict[str, Any]) -> dict[str, Model]:
        results = dbt("--select", "resource_type:model", "--vars", json.dumps(variables)).result.results
        return {
            result.node.name: Model(
                f"{result.node.schema}.{result.node.name}",
                result.node.compiled_code,
                {unique_id.split(".")[2] for unique_id in result.node.depends_on.nodes},
            )
            for result in results
        }

    return compile_with


def upstream(models: dict[str, Model], targets: list[str], given: set[str]) -> list[str]:
    """The targets and all models they are made of, parents first, down to the tables that are given."""
    needed = list(targets)
    for name in needed:
        needed += sorted(models[name].parents - given - set(needed))
    return list(TopologicalSorter({name: models[name].parents - given for name in needed}).static_order())


def build(
    connection: duckdb.DuckDBPyConnection, models: dict[str, Model], tables: dict[str, str], *targets: str
) -> None:
    """Creates the tables, and from them the targets."""
    for table, sql in tables.items():
        connection.execute(f"create or replace table {table} as {sql}")
    for name in upstream(models, list(targets), {table.split(".")[1] for table in tables}):
        connection.execute(f"create or replace table {models[name].relation} as {models[name].sql}")


@pytest.fixture(scope="session")
def compile_inline(dbt) -> Callable[[str], str]:
    """Gives SQL of a text that calls macros."""
    return lambda sql: dbt("--inline", sql).result.results[0].node.compiled_code


@pytest.fixture(scope="session")
def compiled_models(compile_models) -> dict[str, str]:
    """SQL of every model by name, with MODELS as the attribution models."""
    return compile_models({"attribution_models": MODELS})


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """A database named as the lint target names it, with the layers' schemas."""
    connection = duckdb.connect()
    for schema in ("staging", "intermediate", "marts", "seeds"):
        connection.execute(f"create schema {schema}")
    return connection


def build_credits(connection: duckdb.DuckDBPyConnection, models: dict[str, str]) -> None:
    """Builds every model from the touches and conversions to the credits; `credits` has a column of each model."""
    for model in (
        *("int_attribution_weights", "int_path_touchpoints", "int_path_roles", "int_rule_credits"),
        *("int_attribution_credits", "int_data_driven_credits"),
    ):
        connection.execute(f"create or replace table intermediate.{model} as {models[model]}")
    connection.execute("""
        create or replace table credits as
        select * from intermediate.int_attribution_credits
        inner join (
            select conversion_id, source, credit_markov, credit_shapley, credit_uplift
            from intermediate.int_data_driven_credits
        ) using (conversion_id, source)
    """)
