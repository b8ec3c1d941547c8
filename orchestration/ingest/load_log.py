"""The folders of the lake and the load log, and how a file appears there: whole or not at all.

A load is real once its ledger entry exists. The entry is written last, so a crash leaves only files without one, which
`clear_leftovers` removes before the next load.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.config.settings import Settings
from orchestration.ingest.contract import Contract
from orchestration.ingest.validation import SQL_TYPES, literal, literal_path, name

# The empty file by which a folder is a relation; Spark overlooks names that begin with _.
COLUMNS_FILE = "schema"
BOOKKEEPING = {
    "extra": "varchar",
    "_file": "varchar",
    "_checksum": "varchar",
    "_landed_at": "timestamp",
    "_loaded_at": "timestamp",
}
REJECTED_ROWS = {
    "feed": "varchar",
    "entity": "varchar",
    "file": "varchar",
    "checksum": "varchar",
    "line": "bigint",
    "raw_text": "varchar",
    "reasons": "varchar[]",
    "rejected_at": "timestamp",
}
LOAD_LEDGER = {
    "feed": "varchar",
    "entity": "varchar",
    "file": "varchar",
    "checksum": "varchar",
    "rows_read": "bigint",
    "rows_accepted": "bigint",
    "rows_rejected": "bigint",
    "keys_repeated": "bigint",
    "rows_repeated": "bigint",
    "rows_superseded": "bigint",
    "file_reason": "varchar",
    "new_columns": "varchar[]",
    "landed_at": "timestamp",
    "loaded_at": "timestamp",
}


@dataclass(frozen=True)
class EntityPaths:
    """The folders of one entity."""

    settings: Settings
    feed: str
    entity: str

    @property
    def landing(self) -> Path:
        """Where its files are dropped."""
        return self.settings.landing / self.feed / self.entity

    @property
    def raw(self) -> Path:
        """Its part of the lake."""
        return self.settings.raw / self.feed / self.entity

    @property
    def load_log(self) -> Path:
        """Ledger entries and rejected rows of all entities."""
        return self.settings.raw / "load_log"

    @property
    def aside(self) -> Path:
        """Files being written. On the same file system as the rest, or a rename would not be atomic."""
        return self.load_log / "aside" / f"{self.feed}.{self.entity}"

    def raw_file(self, checksum: str) -> Path:
        """The accepted rows of one file."""
        return self.raw / f"{checksum}.parquet"

    def rejected_rows(self, checksum: str) -> Path:
        """The rejected rows of one file."""
        return self.load_log / "rejected_rows" / f"{self.feed}__{self.entity}__{checksum}.parquet"

    def ledger_entry(self, checksum: str) -> Path:
        """The ledger entry of one file; it exists when the file is loaded."""
        return self.load_log / "load_ledger" / f"{self.feed}__{self.entity}__{checksum}.parquet"

    def reading(self, checksum: str) -> Path:
        """A file that is there while one file is read; it stays where the process dies."""
        return self.load_log / "reading" / f"{self.feed}__{self.entity}__{checksum}"

    def loaded(self) -> set[str]:
        """Checksums with a ledger entry."""
        return _checksums(self.ledger_entry("*"))


def raw_columns(contract: Contract) -> dict[str, str]:
    """Name and SQL type of each column of an entity in raw."""
    return {column.name: SQL_TYPES[column.type] for column in contract.columns} | BOOKKEEPING


@contextmanager
def locked(paths: EntityPaths) -> Iterator[None]:
    """One load of an entity at a time; a second one waits."""
    paths.load_log.mkdir(parents=True, exist_ok=True)
    with (paths.load_log / f"{paths.feed}.{paths.entity}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def clear_leftovers(paths: EntityPaths) -> None:
    """Remove what a crash left: files being written, and finished ones whose ledger entry was not written."""
    if paths.aside.exists():
        shutil.rmtree(paths.aside)
    paths.aside.mkdir(parents=True)
    loaded = paths.loaded()
    for path_of in (paths.raw_file, paths.rejected_rows):
        for checksum in _checksums(path_of("*")) - loaded - {COLUMNS_FILE}:
            path_of(checksum).unlink()


def write_column_files(connection: duckdb.DuckDBPyConnection, paths: EntityPaths, contract: Contract) -> None:
    """The empty files by which an entity and the load log are relations before anything has landed."""
    for folder, columns in (
        (paths.raw, raw_columns(contract)),
        (paths.load_log / "rejected_rows", REJECTED_ROWS),
        (paths.load_log / "load_ledger", LOAD_LEDGER),
    ):
        path = folder / f"{COLUMNS_FILE}.parquet"
        expected = [(column, column_type.upper().replace(" ", "")) for column, column_type in columns.items()]
        if path.exists() and _described(connection, path) == expected:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        aside = paths.aside / f"{folder.name}_columns"
        nulls = ", ".join(f"null::{column_type} as {name(column)}" for column, column_type in columns.items())
        connection.execute(f"copy (select {nulls} limit 0) to {literal(str(aside))} (format parquet)")
        publish(aside, path)


def write_row(connection: duckdb.DuckDBPyConnection, columns: dict[str, str], row: list, path: Path) -> None:
    """A Parquet file of one row, its values in the order of the columns."""
    values = ", ".join(f"$v{at}::{column_type} as {column}" for at, (column, column_type) in enumerate(columns.items()))
    parameters = {f"v{at}": value for at, value in enumerate(row)}
    connection.execute(f"copy (select {values}) to {literal(str(path))} (format parquet)", parameters)


def publish(aside: Path, path: Path) -> None:
    """Make a finished file appear under its name, whole, and stay there after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sync(aside)
    os.replace(aside, path)  # noqa: PTH105 - tests replace os.replace to simulate a crash
    sync(path.parent)


def sync(path: Path) -> None:
    """Put a file or folder on disk, so that it is there after a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksums(pattern: Path) -> set[str]:
    prefix = pattern.name.split("*")[0]
    return {path.stem.removeprefix(prefix) for path in pattern.parent.glob(pattern.name)}


def _described(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str]]:
    try:
        rows = connection.execute(f"describe select * from read_parquet({literal_path(path)})").fetchall()
    except duckdb.Error:
        return []
    return [(row[0], row[1]) for row in rows]
