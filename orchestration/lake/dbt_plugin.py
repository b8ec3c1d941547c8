"""What dbt-duckdb's connection needs to build a DuckLake (`profiles.yml` names this module)."""

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from duckdb import DuckDBPyConnection

from orchestration.lake.connect import NAME, hold_build_lock, prepare

# The commands of dbt that write tables.
BUILDS = ("build", "run", "seed")


class Plugin(BasePlugin):
    """Extensions before the lake is attached, one build at a time, and `schema.table` without a database."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Where the lake is."""
        self.catalog: str = plugin_config["catalog"]
        self.data_path: str = plugin_config["data_path"]

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Before the lake is attached."""
        prepare(conn, self.data_path)
        if get_flags().WHICH in BUILDS:
            hold_build_lock(self.catalog)

    def configure_cursor(self, cursor: Any) -> None:
        """Macros name tables without their database."""
        cursor.execute(f"use {NAME}")
