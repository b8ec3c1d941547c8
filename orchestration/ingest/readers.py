"""One landed file: what kind it is, whether it is a file of that kind, and SQL that reads it.

A fault of the whole file raises FileRejectedError with a public reason. Rows are judged elsewhere.
"""

import codecs
import csv
import gzip
import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingest import csv_records
from orchestration.ingest.contract import Contract
from orchestration.ingest.validation import literal, literal_path, name, raw_name

ENDINGS = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".parquet")
CHUNK_BYTES = 1 << 20
LONGEST_LINE_BYTES = 64 << 20
# Some JSON functions call themselves for each level; some hundred thousand levels end the process.
DEEPEST_LEVEL = 1000
# DuckDB doubles the memory and time of a list in Parquet with each level of lists in it.
DEEPEST_LISTS = 10
# DuckDB takes 100 kB of memory for each column of a CSV.
MOST_COLUMNS = 5000


_CR_ALONE = "file: lines end with CR alone; export it with LF or CRLF"


class FileRejectedError(Exception):
    """A file that cannot be read as what its name says. The message is the reason and the remedy."""


@dataclass(frozen=True)
class LandedFile:
    """A file in landing with an ending the loader reads."""

    path: Path
    stat: os.stat_result
    """Taken before anything was read."""
    fault: str | None = None
    """Why it must not be read at all."""

    @property
    def gzipped(self) -> bool:
        """Whether its text is compressed."""
        return self.path.name.lower().endswith(".gz")

    @property
    def kind(self) -> str:
        """`csv`, `jsonl` (which some call ndjson) or `parquet`."""
        return self.path.name.lower().removesuffix(".gz").rsplit(".", 1)[-1].replace("ndjson", "jsonl")

    def is_unchanged(self) -> bool:
        """Whether the path still is the very file it was, with the same content. Raises OSError where it is gone."""
        return self.fault is not None or _identity(self.path.stat()) == _identity(self.stat)


def _identity(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


@dataclass(frozen=True)
class TextFacts:
    """What one pass over the bytes of a text file tells."""

    lines: int
    has_quotes: bool
    has_nul: bool
    has_cr: bool


def shown(path: Path) -> str:
    """A path as text; bytes that are not UTF-8 are shown as such."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_hidden(name: str) -> bool:
    """Hidden files and folders are somebody's work in progress."""
    return name.startswith((".", "_"))


def is_readable_ending(path: Path) -> bool:
    """Whether the loader reads files of this name."""
    return not is_hidden(path.name) and path.name.lower().endswith(ENDINGS)


def link_fault(path: Path, landing: Path) -> str | None:
    """Why a link must not be followed: it leads nowhere, or out of landing. Landing itself may be a link."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "file: a link that leads nowhere; copy the file itself here" if path.is_symlink() else None
    if target.is_relative_to(landing.resolve()):
        return None
    return "file: a link to a place outside of landing, which is not read; copy the file itself here"


def check_depth(file: LandedFile) -> None:
    """Raises FileRejectedError where a line is nested too deep to be parsed as JSON."""
    start, number = b"", 1
    for chunk in chunks(file):
        text = start + chunk
        ends = text.rfind(b"\n") + 1
        start = text[ends:]
        # Most files have few brackets, and the loop over lines would take a tenth of their load.
        if _brackets(text) > DEEPEST_LEVEL:
            for at, line in enumerate(text[:ends].split(b"\n")):
                _check_line(line, number + at)
        number += text.count(b"\n")
        if len(start) > LONGEST_LINE_BYTES:
            raise FileRejectedError("file: a line is longer than 64 MB; export it with one record per line")
    _check_line(start, number)


def _brackets(text: bytes) -> int:
    return text.count(b"[") + text.count(b"{")


def _check_line(line: bytes, number: int) -> None:
    if len(line) <= DEEPEST_LEVEL or _brackets(line) <= DEEPEST_LEVEL:
        return
    depth = 0
    for sign in _BRACKETS.finditer(_JSON_TEXT.sub(b"", line) if line.lstrip().startswith((b"{", b"[")) else line):
        depth = depth + 1 if sign[0] in b"[{" else max(depth - 1, 0)
        if depth > DEEPEST_LEVEL:
            raise FileRejectedError(
                f"file: line {number} is nested more than {DEEPEST_LEVEL} levels; export it flatter"
            )


_JSON_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKETS = re.compile(rb"[\[{\]}]")


def checksum_of(path: Path) -> str:
    """SHA-256 of a file's bytes. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def chunks(file: LandedFile) -> Iterator[bytes]:
    """The bytes of a text file, decompressed. Raises FileRejectedError for a broken gzip."""
    opener = gzip.open if file.gzipped else open
    try:
        with opener(file.path, "rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileRejectedError("file: broken or cut-off gzip; export or copy it again, whole") from error


def text_facts(file: LandedFile) -> TextFacts:
    """Counts over a text file. Raises FileRejectedError for a broken gzip, an empty file and other encodings."""
    line_feeds, last = 0, b"\n"
    quotes = nul = cr = False
    for chunk in chunks(file):
        if last == b"\n" and line_feeds == 0 and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise FileRejectedError("file: encoded as UTF-16; save or export it as UTF-8")
        line_feeds += chunk.count(b"\n")
        quotes = quotes or b'"' in chunk
        nul = nul or b"\0" in chunk
        cr = cr or b"\r" in chunk
        last = chunk[-1:]
    if last == b"\n" and line_feeds == 0:
        raise FileRejectedError("file: empty, without even a header; check the export (a header alone is fine)")
    if cr and line_feeds == 0:
        raise FileRejectedError(_CR_ALONE)
    return TextFacts(line_feeds + (last != b"\n"), quotes, nul, cr)


def holds_data(file: LandedFile) -> bool:
    """Whether a text file holds more than white space, after its header where it is a CSV."""
    in_header = file.kind == "csv"
    for chunk in chunks(file):
        rest = chunk
        if in_header:
            _, line_feed, rest = chunk.partition(b"\n")
            in_header = not line_feed
        if rest.strip(codecs.BOM_UTF8 + b"\r\n\t "):
            return True
    return False


def check_utf8(file: LandedFile) -> None:
    """Raises FileRejectedError with the line of the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    for chunk in chunks(file):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            raise FileRejectedError(f"file: not UTF-8 (first at line {line}); save or export it as UTF-8") from error
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileRejectedError("file: it ends within a character; export or copy it again, whole") from error


def longest_line(file: LandedFile) -> int:
    """Bytes of the longest line. Raises FileRejectedError over 64 MB, which memory could not be bounded for."""
    longest = open_bytes = 0
    for chunk in chunks(file):
        first, *others = chunk.split(b"\n")
        longest = max(longest, open_bytes + len(first), *map(len, others))
        open_bytes = len(others[-1]) if others else open_bytes + len(first)
        if longest > LONGEST_LINE_BYTES:
            raise FileRejectedError("file: a line is longer than 64 MB; export it with one record per line")
    return longest


def csv_header(file: LandedFile, contract: Contract) -> list[str]:
    """Column names of a CSV, in lower case. Raises FileRejectedError where it has no header this contract can use."""
    # Of a binary file without line ends no more than a chunk is read.
    first = next(chunks(file), b"").split(b"\n", 1)[0]
    if b"\r" in first.removesuffix(b"\r"):
        raise FileRejectedError(_CR_ALONE)
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRejectedError("file: not UTF-8 (first at line 1); save or export it as UTF-8") from error
    try:
        names = next(csv.reader(io.StringIO(text.rstrip("\r"), newline=""), strict=True), [])
    except csv.Error as error:
        raise FileRejectedError("file: its first line is no header; write the column names there") from error
    header = [column.strip().lower() for column in names]
    if header and not header[-1]:
        header.pop()
    if len(header) > MOST_COLUMNS:
        raise FileRejectedError(f"file: it has more than {MOST_COLUMNS} columns; leave out those that are not needed")
    check_header(header, contract)
    return header


def check_header(header: list[str], contract: Contract) -> None:
    """Raises FileRejectedError where columns are missing, nameless or there twice."""
    required = [column.name for column in contract.columns if column.required]
    for sign, spoken in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and sign in header[0] and required[0] in header[0]:
            raise FileRejectedError(f"file: its fields are separated by {spoken}; export it with commas")
    missing = [column for column in required if column not in header]
    if missing:
        known = [column for column in header if column in contract.column_names]
        absent = "no header, or one of another feed" if not known else "columns missing"
        raise FileRejectedError(f"file: {absent}; add to its header: {', '.join(missing)}")
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise FileRejectedError(f"file: columns named twice: {', '.join(twice)}; keep one of each")
    if "" in header:
        raise FileRejectedError("file: a column without a name; name it, or leave it out")


def read_csv(file: LandedFile, contract: Contract, header: list[str]) -> str:
    """Source relation of a CSV without structural faults; DuckDB fails where it has one."""
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(1, len(header) + 1))
    select = f"select {csv_records.pick(contract, header, 'c{}')}, null::varchar as broken"
    options = f"columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"'"
    compression = "gzip" if file.gzipped else "none"
    options += f", compression = '{compression}', hive_partitioning = false"
    return f"{select} from read_csv({literal_path(file.path)}, {options})"


def parquet_header(connection: duckdb.DuckDBPyConnection, file: LandedFile, contract: Contract) -> dict[str, str]:
    """Column names of a Parquet file, as they are, with their types.

    Raises FileRejectedError where it is none, or lacks columns.
    """
    path = literal_path(file.path)
    try:
        rows = connection.execute(f"describe select * from read_parquet({path}, hive_partitioning = false)").fetchall()
        lists = f"len(list_filter(string_split(path_in_schema, ', '), lambda part: part = 'list')) > {DEEPEST_LISTS}"
        deep = connection.execute(f"select 1 from parquet_metadata({path}) where {lists} limit 1").fetchall()
    except duckdb.Error as error:
        raise FileRejectedError("file: not readable as Parquet; export or copy it again, whole") from error
    if deep:
        raise FileRejectedError(f"file: lists are nested more than {DEEPEST_LISTS} levels; export them as JSON text")
    header = {row[0]: row[1] for row in rows}
    check_header([column.strip().lower() for column in header], contract)
    return header


def _as_text(column: str, kind: str) -> str:
    nested = kind == "JSON" or kind.endswith("]") or kind.startswith(("STRUCT(", "MAP("))
    return f"json_extract_string(to_json({column}), '$')" if nested else f"{column}::varchar"


def read_parquet(file: LandedFile, contract: Contract, header: dict[str, str]) -> str:
    """Source relation of a Parquet file, with `record` (its row, from 1), `line` (the same) and `text` (JSON)."""
    lowered = [column.strip().lower() for column in header]
    at = dict(zip(lowered, map(name, header), strict=True))
    # Lists and structs become the JSON that the same export writes as text.
    text = {column: _as_text(at[column], kind) for column, kind in zip(lowered, header.values(), strict=True)}
    columns = [
        f"nullif({text[column]}, '') as {raw_name(column)}" if column in at else f"null::varchar as {raw_name(column)}"
        for column in contract.column_names
    ]
    unknown = ", ".join(f"{literal(column)}, {at[column]}" for column in csv_records.new_columns(contract, lowered))
    extra = f"json_object({unknown})::varchar" if unknown else "null::varchar"
    whole = ", ".join(f"{literal(column)}, {at[column]}" for column in lowered)
    # DuckDB's own row number has this name, which a file may use too; counting is slower.
    counted = "file_row_number" in lowered
    number = "row_number() over ()" if counted else "file_row_number + 1"
    return (
        f"select {', '.join(columns)}, {extra} as extra, {number} as record, {number} as line, "
        f"json_object({whole})::varchar as text, null::varchar as broken "
        f"from read_parquet({literal_path(file.path)}, file_row_number = {str(not counted).lower()}, "
        "hive_partitioning = false)"
    )
