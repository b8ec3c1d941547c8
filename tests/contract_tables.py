"""Marts of tests, with the columns and types that their contracts have; what is in them, a test says."""

from functools import cache
from pathlib import Path

import duckdb
import yaml

MARTS_DIR = Path(__file__).resolve().parents[1] / "dbt_project/models/marts"


@cache
def contracts() -> dict[str, dict[str, str]]:
    """Type of each column of each mart."""
    models = [
        model for path in MARTS_DIR.rglob("*.yml") for model in yaml.safe_load(path.read_text()).get("models", [])
    ]
    return {model["name"]: {column["name"]: column["data_type"] for column in model["columns"]} for model in models}


def create_marts(connection: duckdb.DuckDBPyConnection, rows: dict[str, str | None]) -> None:
    """Create marts and insert what a query gives, by name of column; columns it does not name are null."""
    connection.execute("create schema if not exists marts")
    for mart, query in rows.items():
        columns = ", ".join(f'"{name}" {data_type}' for name, data_type in contracts()[mart].items())
        connection.execute(f"create or replace table marts.{mart} ({columns})")
        if query:
            connection.execute(f"insert into marts.{mart} by name {query}")
