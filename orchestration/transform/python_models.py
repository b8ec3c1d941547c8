"""Python models on engines other than DuckDB: they read and write small tables, so they run here, in DuckDB."""

import tempfile
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import duckdb

# Files of a table, from its name.
FilesOf = Callable[[str], str]


def run(compiled_code: str, files_of: FilesOf, result: Path) -> None:
    """Run the compiled code of a Python model; what it gives is written to a Parquet file."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as session:
        path = Path(folder) / "model.py"
        path.write_text(compiled_code.lstrip())
        spec = spec_from_file_location(path.stem, path)
        assert spec and spec.loader
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        dbt = module.dbtObj(lambda name: session.read_parquet(files_of(name)))
        module.model(dbt, session).write_parquet(str(result))
