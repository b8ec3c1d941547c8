"""Files as vendors drop them: CSV, gzipped CSV, JSON lines, Parquet, with a few broken rows in the text ones."""

import csv
import gzip
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from sample_company.tables import Columns, select

Break = dict[str, str | None]
"""Column -> what stands there instead in a broken row."""
ROWS_PER_BREAK = 125
"""At least so many good rows to a broken one: under 1% of any file."""
TYPES = {
    **dict.fromkeys(("amount", "cost"), "decimal(18, 2)"),
    **dict.fromkeys(("employees", "impressions", "clicks"), "bigint"),
    **dict.fromkeys(("is_deleted", "is_primary", "is_won", "is_closed"), "boolean"),
}
"""JSON lines and Parquet have types; in CSV all is text."""
FORMATS = {"csv": "format csv, header", "jsonl": "format json", "parquet": "format parquet"}
"""Ending -> how DuckDB writes it."""
PARQUET_TYPES = {"occurred_at": "timestamp", "entered_at": "timestamp", "date": "date"}


@dataclass(frozen=True)
class Written:
    """One file: rows in all, and how many of them are broken."""

    path: Path
    rows: int
    broken: int


def as_text(values: np.ndarray) -> np.ndarray:
    """Plain decimals for money, whole numbers as they are, None for nothing."""
    if values.dtype.kind == "f":
        return np.char.mod("%.2f", values).astype(object)
    if values.dtype.kind in "iu":
        return values.astype(str).astype(object)
    known = ~np.equal(values, None)
    texts = values.copy()
    texts[known] = values[known].astype(str)
    return texts


def with_breaks(columns: Columns, breaks: Sequence[Break]) -> tuple[Columns, int]:
    """Broken copies of the first row at the end, as many as a file of this length may have."""
    size = len(next(iter(columns.values())))
    used = breaks[: size // ROWS_PER_BREAK]
    if not used:
        return columns, 0
    extra = {
        name: np.array([broken.get(name, values[0]) for broken in used], dtype=object)
        for name, values in columns.items()
    }
    return {name: np.concatenate([columns[name], extra[name]]) for name in columns}, len(used)


def write_file(path: Path, columns: Columns, breaks: Sequence[Break] = ()) -> Written:
    """Write one file; its kind is the path's ending."""
    table, broken = with_breaks({name: as_text(values) for name, values in columns.items()}, breaks)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        convert(table, path, TYPES | PARQUET_TYPES)
    elif path.suffix == ".jsonl":
        convert(table, path, TYPES)
    else:
        content = csv_text(table).encode()
        # No time in the header: the same company gives the same bytes.
        path.write_bytes(gzip.compress(content, compresslevel=5, mtime=0) if path.suffix == ".gz" else content)
    return Written(path, len(next(iter(table.values()))), broken)


def csv_text(table: Columns) -> str:
    """The table with a header; nothing is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue()


def convert(table: Columns, path: Path, types: dict[str, str]) -> None:
    """Write the table with types."""
    with duckdb.connect() as connection:
        chosen = ", ".join(f"cast({name} as {types.get(name, 'varchar')}) as {name}" for name in table)
        stage(connection, "staged", table)
        write_query(connection, f"select {chosen} from staged", path)


def stage(connection: duckdb.DuckDBPyConnection, name: str, table: Columns) -> None:
    """Make a DuckDB table of texts, by way of CSV: DuckDB takes text with gaps from files, not from numpy."""
    # One thread writes the rows in their order.
    connection.execute("set threads = 1")
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / "staged.csv"
        staged.write_text(csv_text(table))
        rows = "read_csv($staged, header = true, all_varchar = true, delim = ',', quote = '\"')"
        connection.execute(f"create table {name} as select * from {rows}", {"staged": str(staged)})


def write_query(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    """Write what the query gives, as the kind of file that the path's ending says; returns the number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = str(path).replace("'", "''")
    options = [FORMATS[path.name.removesuffix(".gz").rsplit(".", 1)[-1]]]
    options += ["compression gzip"] if path.suffix == ".gz" else []
    ((rows,),) = connection.execute(f"copy ({query}) to '{target}' ({', '.join(options)})").fetchall()
    return rows


def by_month(columns: Columns, time_column: str) -> dict[str, Columns]:
    """The rows of each calendar month, as a monthly export has them."""
    months = columns[time_column].astype("U7")
    return {str(month): select(columns, months == month) for month in np.unique(months)}
