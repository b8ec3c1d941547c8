"""Paths and environment, read once. Nothing else in the package looks at environment variables.

LSW_HOME   folder of all state (default `./var` under the project)
LSW_VARS   dbt vars that override `dbt_project.yml`, as JSON or YAML (vars.py says what is allowed)
LSW_SALT   salt of the identifiers that marts show (set your own; the default is for samples)
LSW_TARGET the output of `profiles.yml` that dbt builds in (default `duckdb`)

Of the target `ducklake` (docs/engines.md):
LSW_LAKE_CATALOG  PostgreSQL database of the catalog, as libpq's key=value pairs
LSW_LAKE_DATA     folder or s3:// address of the tables' files (default `lake` under the state folder)

Of the target `spark`:
LSW_SPARK_HOST, LSW_SPARK_PORT  the Thrift server (default 127.0.0.1 and 10000)
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.config.vars import PROJECT_DIR, SettingsError, checked_vars, project_vars

__all__ = ["PROJECT_DIR", "Settings", "SettingsError", "read_settings"]

DEFAULT_TARGET = "duckdb"
LAKE = "ducklake"
SPARK = "spark"
# Of the linter alone.
LINT_TARGET = "lint"


@dataclass(frozen=True)
class Settings:
    """Where everything is. All paths are absolute."""

    home: Path
    dbt_vars: dict[str, Any] = field(default_factory=dict)
    target: str = DEFAULT_TARGET
    lake_catalog: str = ""
    lake_address: str = ""
    spark_host: str = "127.0.0.1"
    spark_port: int = 10_000

    @property
    def landing(self) -> Path:
        """Where exports are dropped: `landing/<feed>/<entity>/`."""
        return self.home / "landing"

    @property
    def raw(self) -> Path:
        """The lake: `raw/<feed>/<entity>/*.parquet`; the load log under `raw/load_log/`."""
        return self.home / "raw"

    @property
    def warehouse(self) -> Path:
        """The file dbt builds. Only dbt and the release open it."""
        return self.home / "warehouse" / "warehouse.duckdb"

    @property
    def is_lake(self) -> bool:
        """Whether the warehouse is a DuckLake, not a file."""
        return self.target == LAKE

    @property
    def is_spark(self) -> bool:
        """Whether the warehouse is tables of a Spark cluster."""
        return self.target == SPARK

    @property
    def lake_data(self) -> str:
        """Where the files of a DuckLake's tables are."""
        return self.lake_address or str(self.home / "lake")

    @property
    def writer_lock(self) -> Path:
        """Held by whoever writes the warehouse or copies from it."""
        return self.home / "warehouse" / "writer.lock"

    @property
    def dbt(self) -> Path:
        """dbt's artifacts: `parsed/` is what the asset graph is read from, `run/` belongs to the last build."""
        return self.home / "dbt"

    @property
    def dagster(self) -> Path:
        """Run history, schedules and event log of the orchestrator."""
        return self.home / "dagster"

    @property
    def serve(self) -> Path:
        """What readers open: `serve/current`."""
        return self.home / "serve"

    @property
    def published_warehouse(self) -> Path:
        """The released copy of the marts."""
        return self.serve / "current" / "warehouse.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        """What dbt and child processes need to use the same folders and send no statistics."""
        lake = {"LSW_LAKE_CATALOG": self.lake_catalog, "LSW_LAKE_DATA": self.lake_data}
        spark = {"LSW_SPARK_HOST": self.spark_host, "LSW_SPARK_PORT": str(self.spark_port)}
        return {
            "LSW_HOME": str(self.home),
            "LSW_TARGET": self.target,
            **(lake if self.is_lake else {}),
            **(spark if self.is_spark else {}),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
        }

    def var(self, name: str) -> Any:
        """A business var: the override of LSW_VARS, else the value in `dbt_project.yml`."""
        if name in self.dbt_vars:
            return self.dbt_vars[name]
        return project_vars()[name]


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment. Raises SettingsError where a variable cannot be used."""
    home = Path(environ.get("LSW_HOME") or PROJECT_DIR / "var").expanduser()
    if "?" in str(home):
        raise SettingsError(f"LSW_HOME has a ?, where DuckDB ends the name of a database; rename the folder: {home}")
    text = environ.get("LSW_VARS") or "{}"
    dbt_vars = _json_or_yaml(text)
    if not isinstance(dbt_vars, dict):
        raise SettingsError(f'LSW_VARS must map var names to values, like {{"as_of": "2026-01-31"}}; it is: {text}')
    target = environ.get("LSW_TARGET") or DEFAULT_TARGET
    if target not in targets():
        raise SettingsError(f"LSW_TARGET is {target}, which profiles.yml has not; it has {', '.join(targets())}")
    catalog = environ.get("LSW_LAKE_CATALOG") or ""
    if target == LAKE and not catalog:
        raise SettingsError(
            "LSW_TARGET is ducklake, whose catalog LSW_LAKE_CATALOG names: 'host=... dbname=... user=...'"
        )
    return Settings(
        home=home.absolute(),
        dbt_vars=checked_vars(dbt_vars),
        target=target,
        lake_catalog=catalog,
        lake_address=environ.get("LSW_LAKE_DATA") or "",
        spark_host=environ.get("LSW_SPARK_HOST") or Settings.spark_host,
        spark_port=_port(environ.get("LSW_SPARK_PORT") or str(Settings.spark_port)),
    )


def _port(text: str) -> int:
    if not text.isdecimal():
        raise SettingsError(f"LSW_SPARK_PORT must be a number like 10000; it is: {text}")
    return int(text)


def targets() -> list[str]:
    """What LSW_TARGET may be: the outputs of `profiles.yml`."""
    (profile,) = yaml.safe_load((PROJECT_DIR / "profiles.yml").read_text()).values()
    return [name for name in profile["outputs"] if name != LINT_TARGET]


def _json_or_yaml(text: str) -> Any:
    # JSON first: YAML reads its 1e-9 as text.
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        pass
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(f"LSW_VARS is neither JSON nor YAML: {error}") from error
