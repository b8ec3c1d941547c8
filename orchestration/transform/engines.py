"""dbt's adapters for other engines, with queries transpiled on their way out.

The adapters themselves are dbt-spark and dbt-postgres; what is added is one method for macros (`adapter.transpile`) and
one step before a statement is executed.
"""

import os
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

from orchestration.transform.python_models import run
from orchestration.transform.transpile import is_query, transpile, transpile_type

# The dialect of each adapter that is not DuckDB's.
DIALECTS = {"spark": "spark", "postgres": "postgres"}


def register(adapter_type: str) -> None:
    """Let dbt use the transpiling adapter of this type. Does nothing for DuckDB's."""
    if adapter_type not in DIALECTS:
        return
    module: Any = import_module(f"dbt.adapters.{adapter_type}")
    if not hasattr(module.Plugin.adapter, "transpile"):
        module.Plugin.adapter = _transpiling(module.Plugin.adapter, DIALECTS[adapter_type])


def _transpiling(adapter: Any, dialect: str) -> Any:
    from dbt.adapters.base.meta import available
    from dbt.adapters.contracts.connection import AdapterResponse

    home = Path(os.environ.get("LSW_HOME", "var"))

    class Connections(adapter.ConnectionManager):  # type: ignore[misc]
        def add_query(self, sql: str, *arguments: Any, **options: Any) -> Any:
            return super().add_query(transpile(sql, dialect) if is_query(sql) else sql, *arguments, **options)

    class Adapter(adapter):  # type: ignore[misc]
        ConnectionManager = Connections

        @available
        def transpile(self, sql: str) -> str:
            return transpile(sql, dialect)

        @available
        def transpile_type(self, name: str) -> str:
            return transpile_type(name, dialect)

        def submit_python_job(self, parsed_model: dict[str, Any], compiled_code: str) -> AdapterResponse:
            """Runs a Python model here, on the files of the tables that it reads, and makes a table of its result."""
            table = f"{parsed_model['schema']}.{parsed_model['alias']}"
            folder = (home / "spark" / table).absolute()
            folder.mkdir(parents=True, exist_ok=True)
            run(compiled_code, self.files_of, folder / "rows.parquet")
            self.execute(f"create table {table} using parquet as select * from parquet.`{folder}`")
            shutil.rmtree(folder)
            return AdapterResponse("OK")

        def files_of(self, name: str) -> list[str]:
            """The Parquet files of a table; of a view, those of a copy."""
            copy = f"run_state.{name.replace('.', '__')}__copy"
            self.execute(f"drop table if exists {copy}")
            self.execute(f"create table {copy} using parquet as select * from {name}")
            _, described = self.execute(f"describe formatted {copy}", fetch=True)
            location = next(row[1] for row in described.rows if row[0] == "Location")
            return [str(path) for path in Path(location.removeprefix("file:")).glob("*.parquet")]

    # dbt reads the name of the adapter from the name of its class.
    Adapter.__name__ = adapter.__name__
    return Adapter
