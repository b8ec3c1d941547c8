"""The loader: the landed files of one entity become raw rows, rejected rows and ledger entries, each file once."""

import glob
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import duckdb

from orchestration.config.settings import Settings
from orchestration.ingest import readers
from orchestration.ingest.contract import Contract
from orchestration.ingest.load_file import FileLoad, Outcome, Stamp
from orchestration.ingest.load_log import (
    LOAD_LEDGER,
    REJECTED_ROWS,
    EntityPaths,
    clear_leftovers,
    locked,
    publish,
    write_column_files,
    write_row,
)
from orchestration.ingest.readers import FileRejectedError, LandedFile

MEMORY_LIMIT = "1GB"
# DuckDB uses every core within a file; two at a time hide one's single-threaded parts behind the other.
FILES_AT_ONCE = 2


@dataclass(frozen=True)
class FileReport:
    """One file of this run. `file_reason` says why the whole file was rejected."""

    file: str
    checksum: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    file_reason: str | None
    new_columns: list[str]


@dataclass
class LoadReport:
    """What one run did with the files of an entity; paths are relative to landing."""

    loaded: list[FileReport] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    reasons: list[tuple[str, int, str]] = field(default_factory=list)
    """File, line and reason of the first rejected rows."""

    def total(self, count: str) -> int:
        """The sum of `rows_read`, `rows_accepted` or `rows_rejected` over the files of this run."""
        return sum(getattr(file, count) for file in self.loaded)


class LoaderError(RuntimeError):
    """Files that could not be read or written, after all others were loaded. `report` lists both."""

    def __init__(self, report: LoadReport) -> None:
        super().__init__("; ".join(report.errors))
        self.report = report


def load_entity(settings: Settings, contract: Contract) -> LoadReport:
    """Load what landed for one entity and was not loaded before. Safe to repeat, and after a crash at any instant.

    Bad rows and files that are no files of their kind are rejected, not errors. Raises LoaderError, after loading all
    the others, for files that vanish, change while being read, or cannot be read or written.
    """
    paths = EntityPaths(settings, contract.feed, contract.entity)
    if not _blocking(paths):
        paths.landing.mkdir(parents=True, exist_ok=True)
    with locked(paths):
        clear_leftovers(paths)
        report = LoadReport()
        with _database(paths.aside / "spill") as connection:
            write_column_files(connection, paths, contract)
            files = _files_to_load(paths, report)

            too_large: dict[str, LandedFile] = {}

            def load(item: tuple[str, LandedFile], alone: bool = False) -> None:
                checksum, file = item
                try:
                    with connection.cursor() as cursor:
                        report.loaded.append(_load_file(cursor, paths, contract, file, checksum, alone))
                except duckdb.OutOfMemoryException:
                    too_large[checksum] = file
                except (OSError, duckdb.Error, RuntimeError) as error:
                    report.errors.append(f"{_relative(file.path, settings)}: {error}")

            with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
                list(pool.map(load, files.items()))
            # Each thread keeps some thousand lines in memory: with one, and no other file beside, most fit.
            connection.execute("set threads = 1")
            for item in too_large.items():
                load(item, alone=True)
            report.loaded.sort(key=lambda file: file.file)
            report.reasons = _first_reasons(connection, paths, report)
        clear_leftovers(paths)
    if report.errors:
        raise LoaderError(report)
    return report


def _files_to_load(paths: EntityPaths, report: LoadReport) -> dict[str, LandedFile]:
    """New files by checksum, the first by name where two have the same bytes."""
    loaded = paths.loaded()
    files: dict[str, LandedFile] = {}
    blocking = _blocking(paths)
    for path in blocking or sorted(paths.landing.iterdir()):
        relative = _relative(path, paths.settings)
        fault = None
        if blocking:
            fault = "file: it is where a folder belongs; move it into a folder of this name"
        elif readers.is_readable_ending(path):
            fault = readers.link_fault(path, paths.settings.landing)
        if fault:
            # The checksum is of its name, so that a file in its place is a new one.
            checksum = hashlib.sha256(os.fsencode(f"{relative}: {fault}")).hexdigest()
            if checksum in loaded:
                report.skipped.append(relative)
            else:
                files[checksum] = LandedFile(path, path.lstat(), fault)
            continue
        if not path.is_file() or not readers.is_readable_ending(path):
            report.ignored.append(relative)
            continue
        try:
            # The stat comes first: a file that is replaced between hashing and reading is then found out.
            file = LandedFile(path, path.stat())
            checksum = readers.checksum_of(path)
        except OSError as error:
            report.errors.append(f"{relative}: {error.strerror or error}")
            continue
        if checksum in loaded or checksum in files:
            report.skipped.append(relative)
        else:
            files[checksum] = file
    return files


def _blocking(paths: EntityPaths) -> list[Path]:
    """What is no folder, or a link to none, where the entity's folder belongs."""
    places = (paths.landing.parent, paths.landing)
    return [place for place in places if os.path.lexists(place) and not place.is_dir()][:1]


def _load_file(
    connection: duckdb.DuckDBPyConnection,
    paths: EntityPaths,
    contract: Contract,
    file: LandedFile,
    checksum: str,
    alone: bool,
) -> FileReport:
    """Raises duckdb.OutOfMemoryException for a file that may fit into memory when it is read alone."""
    landed_at = datetime.fromtimestamp(file.stat.st_mtime, UTC).replace(tzinfo=None)
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    name = _relative(file.path, paths.settings)
    stamp = Stamp(contract.feed, contract.entity, name, checksum, landed_at, loaded_at)
    aside = paths.aside / checksum
    reason = None
    reading = paths.reading(checksum)
    try:
        if file.fault:
            raise FileRejectedError(file.fault)
        named = _plainly_named(file, aside)
        if reading.exists():
            _check_it_can_be_read(contract, named, stamp, aside)
        with _marked(reading):
            outcome = FileLoad(connection, contract, named, stamp, aside).run()
    except FileRejectedError as error:
        reason = str(error)
    except duckdb.OutOfMemoryException:
        if not alone:
            raise
        reason = f"file: its lines take more than {MEMORY_LIMIT} of memory at a time; split it into smaller files"
    if reason:
        outcome = _reject_file(connection, stamp, reason, aside)
    if not file.is_unchanged():
        raise OSError("it changed while being read; it is loaded by the next run")
    read = outcome.rows_accepted + outcome.rows_rejected
    report = FileReport(name, checksum, read, outcome.rows_accepted, outcome.rows_rejected, reason, outcome.new_columns)
    _publish(connection, paths, stamp, outcome, report)
    return report


def _check_it_can_be_read(contract: Contract, file: LandedFile, stamp: Stamp, aside: Path) -> None:
    """Read a file in a process of its own. Raises FileRejectedError where that dies of it.

    That a run died while it read the file says less: it may have been killed, or died of the other file.
    """
    child = get_context("spawn").Process(target=_read, args=(contract, file, stamp, aside))
    child.start()
    child.join()
    if child.exitcode is not None and child.exitcode < 0:
        raise FileRejectedError("file: reading it stops the process; export or copy it again")


def _read(contract: Contract, file: LandedFile, stamp: Stamp, aside: Path) -> None:
    # What it raises, it raises once more outside of this process.
    problems = suppress(FileRejectedError, OSError, duckdb.Error, RuntimeError)
    with problems, _database(aside.with_name(f"{aside.name}.spill")) as connection:
        FileLoad(connection, contract, file, stamp, aside).run()


@contextmanager
def _marked(reading: Path) -> Iterator[None]:
    reading.parent.mkdir(exist_ok=True)
    reading.touch()
    try:
        yield
    finally:
        reading.unlink()


def _plainly_named(file: LandedFile, aside: Path) -> LandedFile:
    """The file by a link whose name is no pattern: DuckDB would read `a[1].csv` as the file a1.csv."""
    link = aside.with_name(f"{aside.name}.landed.{file.kind}{'.gz' if file.gzipped else ''}")
    link.unlink(missing_ok=True)
    link.symlink_to(file.path.absolute())
    return LandedFile(link, file.stat)


def _reject_file(connection: duckdb.DuckDBPyConnection, stamp: Stamp, reason: str, aside: Path) -> Outcome:
    path = aside.with_name(f"{aside.name}.rejected")
    row = [stamp.feed, stamp.entity, stamp.file, stamp.checksum, 0, None, [reason], stamp.loaded_at]
    write_row(connection, REJECTED_ROWS, row, path)
    return Outcome(rows_accepted=0, rows_rejected=1, new_columns=[], rejected=path)


def _publish(
    connection: duckdb.DuckDBPyConnection, paths: EntityPaths, stamp: Stamp, outcome: Outcome, report: FileReport
) -> None:
    """The order matters: a load without its ledger entry is undone by the next run."""
    if outcome.raw:
        publish(outcome.raw, paths.raw_file(stamp.checksum))
    if outcome.rejected:
        publish(outcome.rejected, paths.rejected_rows(stamp.checksum))
    entry = paths.aside / f"{stamp.checksum}.ledger"
    counts = [report.rows_read, report.rows_accepted, report.rows_rejected, *astuple(outcome.repeats)]
    found = [report.file_reason, report.new_columns]
    row = [stamp.feed, stamp.entity, stamp.file, stamp.checksum, *counts, *found, stamp.landed_at, stamp.loaded_at]
    write_row(connection, LOAD_LEDGER, row, entry)
    publish(entry, paths.ledger_entry(stamp.checksum))


def _first_reasons(
    connection: duckdb.DuckDBPyConnection, paths: EntityPaths, report: LoadReport, count: int = 10
) -> list[tuple[str, int, str]]:
    files = [glob.escape(str(paths.rejected_rows(file.checksum))) for file in report.loaded if file.rows_rejected]
    if not files:
        return []
    query = "select file, line, array_to_string(reasons, '; ') from read_parquet(?) order by file, line limit ?"
    return connection.execute(query, [files, count]).fetchall()


def _database(spill: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database with bounded memory that spills to a folder, in UTC."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(spill),
    }
    connection = duckdb.connect(config=config)
    connection.execute("set global timezone = 'UTC'")
    return connection


def _relative(path: Path, settings: Settings) -> str:
    return readers.shown(path.relative_to(settings.landing))
