"""Models as plain SQL over tables that a test fills: dbt compiles them, an in-memory DuckDB runs them."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

PROJECT_DIR = Path(__file__).resolve().parents[2]

# Weights that meet every branch of the credit macro, beside the six models of the project.
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


def compile_models(target: Path, variables: dict) -> dict[str, str]:
    """SQL of every model by name, under the given vars."""
    _compile(target, "--vars", json.dumps(variables))
    return {path.stem: path.read_text() for path in (target / "compiled").rglob("dbt_project/models/**/*.sql")}


def compile_inline(target: Path, sql: str) -> str:
    """SQL of a text that calls macros."""
    return json.loads(_compile(target, "--inline", sql, "--output", "json"))["compiled"]


def _compile(target: Path, *arguments: str) -> str:
    common = ["compile", "--quiet", "--target", "lint", "--target-path", str(target), "--log-path", str(target)]
    dbt = Path(sys.executable).with_name("dbt")
    return subprocess.run(
        [dbt, *common, *arguments], cwd=PROJECT_DIR, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(scope="session")
def compiled_models(tmp_path_factory) -> dict[str, str]:
    """SQL of every model by name, with MODELS as the attribution models."""
    return compile_models(tmp_path_factory.mktemp("compiled"), {"attribution_models": MODELS})


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """A database named as the lint target names it, with the layers' schemas."""
    connection = duckdb.connect()
    for schema in ("staging", "intermediate", "marts", "seeds"):
        connection.execute(f"create schema {schema}")
    return connection
