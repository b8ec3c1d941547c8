"""What dbt-duckdb's connection needs to build in an attached database (`profiles.yml` names this module)."""

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from duckdb import DuckDBPyConnection

from orchestration.database.build_lock import hold_build_lock
from orchestration.database.connect import NAME
from orchestration.database.extensions import prepare

# The commands of dbt that write tables.
BUILDS = ("build", "run", "seed")


class Plugin(BasePlugin):
    """Extensions before the database is attached, one build at a time, and `schema.table` without a database."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """The PostgreSQL database that has the tables, or a lake's catalog, and where the files of a lake are."""
        self.server: str = plugin_config["server"]
        self.lake_data: str | None = plugin_config.get("lake_data")

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Before the database is attached."""
        prepare(conn, self.lake_data)
        if get_flags().WHICH in BUILDS:
            hold_build_lock(self.server)

    def configure_cursor(self, cursor: Any) -> None:
        """Macros name tables without their database."""
        cursor.execute(f"use {NAME}")
