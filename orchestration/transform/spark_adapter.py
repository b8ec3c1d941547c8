"""dbt-spark with queries transpiled on their way out, and Python models run on this machine."""

import shutil
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb

from orchestration.config.settings import read_settings
from orchestration.transform.python_models import run
from orchestration.transform.spark_tables import files_of
from orchestration.transform.transpile import is_query, transpile, transpile_type

DIALECT = "spark"


def register() -> None:
    """Let dbt use this adapter where a profile says `type: spark`."""
    plugin: Any = import_module("dbt.adapters.spark").Plugin
    if not hasattr(plugin.adapter, "transpile"):
        plugin.adapter = _transpiling(plugin.adapter)


def _transpiling(adapter: Any) -> Any:
    from dbt.adapters.base.meta import available
    from dbt.adapters.contracts.connection import AdapterResponse

    class Connections(adapter.ConnectionManager):
        def add_query(self, sql: str, *arguments: Any, **options: Any) -> Any:
            return super().add_query(transpile(sql, DIALECT) if is_query(sql) else sql, *arguments, **options)

    class Adapter(adapter):
        ConnectionManager = Connections

        @available
        def transpile(self, sql: str) -> str:
            return transpile(sql, DIALECT)

        @available
        def transpile_type(self, name: str) -> str:
            return transpile_type(name, DIALECT)

        def submit_python_job(self, parsed_model: dict[str, Any], compiled_code: str) -> AdapterResponse:
            """Runs a Python model here, on the files of the tables that it reads, and makes a table of its result."""
            table = f"{parsed_model['schema']}.{parsed_model['alias']}"
            folder = read_settings().home / "spark" / table
            folder.mkdir(parents=True, exist_ok=True)
            with ExitStack() as copies:
                run(
                    compiled_code,
                    lambda name: copies.enter_context(files_of(self._rows, name)),
                    folder / "rows.parquet",
                )
            self.execute(f"create table {table} using parquet as select * from parquet.`{folder}`")
            shutil.rmtree(folder)
            return AdapterResponse("OK")

        @available
        def load_seed(self, parsed_seed: dict[str, Any], table: str, columns: str) -> None:
            """Fill a table from a CSV file, read here: dbt's own reader takes the text `null` for no text."""
            folder = read_settings().home / "spark" / table
            folder.mkdir(parents=True, exist_ok=True)
            path = Path(parsed_seed["root_path"]) / parsed_seed["original_file_path"]
            with duckdb.connect() as connection:
                texts = connection.read_csv(str(path), header=True, all_varchar=True)
                texts.write_parquet(str(folder / "rows.parquet"))
            self.execute(f"insert into {table} select {columns} from parquet.`{folder}`")
            shutil.rmtree(folder)

        def _rows(self, statement: str) -> Any:
            _, table = self.execute(statement, fetch=True)
            return table.rows

    # dbt reads the name of the adapter from the name of its class.
    Adapter.__name__ = adapter.__name__
    return Adapter
