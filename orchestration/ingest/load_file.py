"""The load of one file: its rows go to a raw file and a file of rejected rows, written aside.

The fast path types every row in one pass and marks a bad one by leaving `_loaded_at` null. Where none is marked, that
is the raw file; else the bad records are found again in the text, for their exact text, line and every reason.
What DuckDB's CSV reader cannot parse is read by the strict fallback: csv_records.py alone.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.ingest import csv_records, readers
from orchestration.ingest.contract import Contract
from orchestration.ingest.load_log import raw_columns
from orchestration.ingest.readers import FileRejectedError, LandedFile, TextFacts
from orchestration.ingest.validation import literal, literal_path, name, problems, typed

# Dictionaries larger than this, of ids and URLs, take time to build and save hardly any room.
_DICTIONARY_BYTES = 1000
# 80 MB of them.
_HASHES_AT_ONCE = 10_000_000

# Errors that say nothing about the file being read.
_OURS = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.BinderException,
    duckdb.ParserException,
    duckdb.CatalogException,
)


@dataclass(frozen=True)
class Stamp:
    """What every row of a file carries; times are naive UTC."""

    feed: str
    entity: str
    file: str
    checksum: str
    landed_at: datetime
    loaded_at: datetime

    def sql(self, field: str) -> str:
        """One of the fields as a SQL constant."""
        value = getattr(self, field)
        return f"timestamp {literal(value.isoformat(sep=' '))}" if isinstance(value, datetime) else literal(value)


@dataclass(frozen=True)
class Repeats:
    """Accepted rows of one file that share their key with another one of it."""

    keys: int = 0
    rows: int = 0
    superseded: int = 0
    """Those that do not count: of records all but one a key; of what adds up those alike in every column, but one."""


@dataclass(frozen=True)
class Outcome:
    """Rows of one file, and the files written aside for them."""

    rows_accepted: int
    rows_rejected: int
    new_columns: list[str]
    raw: Path | None = None
    rejected: Path | None = None
    repeats: Repeats = Repeats()


@dataclass
class FileLoad:
    """The load of one file. What it writes is named `<aside>.<part>`; nothing else is touched."""

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    file: LandedFile
    stamp: Stamp
    aside: Path

    def run(self) -> Outcome:
        """Read the file. Raises FileRejectedError for a fault of the whole file; OSError, duckdb.Error for ours."""
        if self.file.kind == "parquet":
            return self._parquet()
        try:
            outcome = self._text()
        except duckdb.IOException:
            if not self.file.gzipped:
                raise
            # DuckDB takes no padding behind the end of a gzip, as block devices leave it; other readers do.
            self.file = self._unzipped()
            outcome = self._text()
        if outcome.rows_accepted + outcome.rows_rejected == 0 and readers.holds_data(self.file):
            raise FileRejectedError("file: it holds data, but no record was found in it; check its line ends")
        return outcome

    def _unzipped(self) -> LandedFile:
        path = self._part(f"unzipped.{self.file.kind}")
        with path.open("wb") as copy:
            copy.writelines(readers.chunks(self.file))
        return LandedFile(path, self.file.stat)

    def _text(self) -> Outcome:
        facts = readers.text_facts(self.file)
        readers.check_depth(self.file)
        header = readers.csv_header(self.file, self.contract) if self.file.kind == "csv" else []
        outcome = None
        if not facts.has_nul:
            try:
                outcome = self._fast_path(facts, header)
            except duckdb.Error as error:
                # A structural fault; the strict fallback finds the records that have it.
                if isinstance(error, _OURS):
                    raise
        return outcome or self._strict_fallback(facts, header)

    def _parquet(self) -> Outcome:
        header = readers.parquet_header(self.connection, self.file, self.contract)
        source = readers.read_parquet(self.file, self.contract, header)
        try:
            read = self._write_marked(source)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            self._check_parquet_is_whole(source)
            raise error
        marked = self._marked_records()
        rejected = self._write_rejected(f"select * from ({source}) where record in ({marked})") if self._bad() else 0
        return self._finish(read, rejected, [column.strip().lower() for column in header])

    def _check_parquet_is_whole(self, source: str) -> None:
        try:
            self.connection.execute(f"select count(text) from ({source})").fetchall()
        except duckdb.Error as error:
            raise FileRejectedError("file: damaged Parquet; export or copy it again, whole") from error

    def _fast_path(self, facts: TextFacts, header: list[str]) -> Outcome | None:
        """The fast path; None where a second look disagrees with DuckDB's reader about the records."""
        if header:
            source = readers.read_csv(self.file, self.contract, header)
        else:
            lines = csv_records.lines(self.file.path, self.file.gzipped, csv_records.MAX_RECORD_BYTES)
            source = csv_records.parse_jsonl(self.contract, f"select text from ({lines}) where text <> ''")
        read = self._write_marked(source)
        dense = bool(header) and not facts.has_quotes and read == facts.lines - 1
        bad = self._bad()
        if bad or not dense:
            # Without bad rows this counts the records once more, by other means.
            self._write_records(facts, header, csv_records.MAX_RECORD_BYTES, self._marked_records(), dense)
            if read != self._last_record():
                return None
        if bad:
            parsed = self._parsed(facts, header)
            if bad != self._write_rejected(f"select * from ({parsed}) where record in ({self._marked_records()})"):
                return None
        return self._finish(read, bad, header)

    def _strict_fallback(self, facts: TextFacts, header: list[str]) -> Outcome:
        readers.check_utf8(self.file)
        longest = max(readers.longest_line(self.file) + 1, csv_records.MAX_RECORD_BYTES)
        self._write_records(facts, header, longest, None, dense=False)
        parsed = self._parsed(facts, header)
        read = self._write_marked(parsed, with_record=True)
        marked = f"select _record from {self._relation('marked')} where _loaded_at is null"
        rejected = self._write_rejected(f"select * from ({parsed}) where record in ({marked})")
        return self._finish(read, rejected, header, order="order by _record" if facts.has_quotes else "")

    def _finish(self, read: int, rejected: int, header: list[str], order: str | None = None) -> Outcome:
        raw = self._part("marked")
        accepted = read
        if rejected or order is not None:
            columns = ", ".join(map(name, raw_columns(self.contract)))
            raw = self._part("raw")
            good = f"select {columns} from {self._relation('marked')} where _loaded_at is not null {order or ''}"
            accepted = self._copy(good, raw)
        if accepted + rejected != read:
            raise RuntimeError(f"{self.stamp.file}: {read} rows read, {accepted} accepted and {rejected} rejected")
        return Outcome(
            rows_accepted=accepted,
            rows_rejected=rejected,
            new_columns=csv_records.new_columns(self.contract, header) if header else self._keys_of_extra(raw),
            raw=raw,
            rejected=self._part("rejected") if rejected else None,
            repeats=self._repeats(raw) if self._may_repeat(raw, accepted) else Repeats(),
        )

    def _may_repeat(self, raw: Path, rows: int) -> bool:
        """Whether two rows have the same hash of their key. By numpy: DuckDB's aggregate takes thrice the time."""
        blocks = rows // _HASHES_AT_ONCE + 1
        key = f"hash({', '.join(map(name, self.contract.key))})"
        for block in range(blocks):
            query = f"select {key} as hash from read_parquet({literal_path(raw)}) where hash % {blocks} = {block}"
            hashes = self.connection.execute(query).fetchnumpy()["hash"]
            hashes.sort()
            if (hashes[1:] == hashes[:-1]).any():
                return True
        return False

    def _repeats(self, raw: Path) -> Repeats:
        rows = f"read_parquet({literal_path(raw)})"
        key = ", ".join(map(name, self.contract.key))
        shared = f"select hash({key}) as shared from {rows} group by shared having count(*) > 1"
        kept = f"count(distinct ({self._payload()}))" if self.contract.adds_up else "1"
        # Rows without any key do not share one.
        keyed = " or ".join(f"{name(column)} is not null" for column in self.contract.key)
        keys = (
            f"select count(*) as rows, rows - {kept} as superseded from {rows} where hash({key}) in ({shared}) "
            f"and ({keyed}) group by {key} having rows > 1"
        )
        query = f"select count(*), coalesce(sum(rows), 0), coalesce(sum(superseded), 0) from ({keys})"
        return Repeats(*map(int, self.connection.execute(query).fetchall()[0]))

    def _payload(self) -> str:
        """What a row says, without what the connector adds, like `_fivetran_synced`, in the contract or not."""
        own = "not starts_with({0}, '_') or {0} = '_fivetran_id'"
        said = [name(column) for column in self.contract.column_names if not column.startswith("_")]
        fields = f"list_filter(list_zip(json_keys(extra), json_extract(extra, '$.*')), lambda field: {own})"
        said.append(f"case when contains(extra, '\"_') then {fields.format('field[1]')}::varchar else extra end")
        return ", ".join(said)

    def _write_marked(self, source: str, with_record: bool = False) -> int:
        """Every row typed, in file order; `_loaded_at` null on the bad ones, so that no column has to go later."""
        holds = " and ".join(f"{rule} is null" for rule in ["broken", *self._rules()])
        columns = ", ".join(map(name, self.contract.column_names))
        return self._copy(
            f"select {columns}, extra, {self.stamp.sql('file')} as _file, {self.stamp.sql('checksum')} as _checksum, "
            f"{self.stamp.sql('landed_at')} as _landed_at, "
            f"case when {holds} then {self.stamp.sql('loaded_at')} end as _loaded_at"
            f"{', record as _record' if with_record else ''} from ({typed(self.contract, source)})",
            self._part("marked"),
        )

    def _bad(self) -> int:
        query = f"select count(*) from {self._relation('marked')} where _loaded_at is null"
        return self.connection.execute(query).fetchall()[0][0]

    def _marked_records(self) -> str:
        marked = literal_path(self._part("marked"))
        rows = f"read_parquet({marked}, file_row_number = true)"
        return f"select file_row_number + 1 from {rows} where _loaded_at is null"

    def _write_records(self, facts: TextFacts, header: list[str], longest: int, only: str | None, dense: bool) -> None:
        """The lines of the wanted records (all of them for None), and the last line as a count of the records."""
        path, gzipped = self.file.path, self.file.gzipped
        if facts.has_cr:
            path, gzipped = self._part("lines"), False
            stand_in = csv_records.CR_STAND_IN.encode()
            with path.open("wb") as copy:
                copy.writelines(chunk.replace(b"\r", stand_in) for chunk in readers.chunks(self.file))
            # Every CR has become two bytes longer, and a line may hold nothing else.
            longest *= 3
        numbered = csv_records.numbered(
            csv_records.lines(path, gzipped, longest), bool(header) and facts.has_quotes, dense
        )
        numbered = f"select * replace (record - {1 if header else 0} as record) from ({numbered})"
        if only:
            last = f"select *, lead(1) over () is null as is_last from ({numbered})"
            numbered = f"select * exclude (is_last) from ({last}) where is_last or record in ({only})"
        self._copy(numbered, self._part("records"))

    def _last_record(self) -> int:
        return self.connection.execute(f"select max(record) from {self._relation('records')}").fetchall()[0][0]

    def _parsed(self, facts: TextFacts, header: list[str]) -> str:
        joined = csv_records.joined(self._part("records"), bool(header) and facts.has_quotes)
        if header:
            return csv_records.parse_csv(self.contract, header, joined)
        return csv_records.parse_jsonl(self.contract, joined)

    def _write_rejected(self, source: str) -> int:
        reasons = f"list_filter([broken, {', '.join(self._rules())}], lambda reason: reason is not null)"
        return self._copy(
            f"select {self.stamp.sql('feed')} as feed, {self.stamp.sql('entity')} as entity, "
            f"{self.stamp.sql('file')} as file, {self.stamp.sql('checksum')} as checksum, line::bigint as line, "
            f"text as raw_text, case when broken is null then {reasons} else [broken] end as reasons, "
            f"{self.stamp.sql('loaded_at')} as rejected_at from ({typed(self.contract, source)}) "
            f"where len(reasons) > 0 order by line",
            self._part("rejected"),
        )

    def _keys_of_extra(self, raw: Path) -> list[str]:
        keys = f"select distinct unnest(json_keys(extra)) as key from read_parquet({literal_path(raw)})"
        return [row[0] for row in self.connection.execute(f"{keys} where extra is not null order by key").fetchall()]

    def _rules(self) -> list[str]:
        return problems(self.contract, f"({self.stamp.sql('loaded_at')} + interval 1 day)")

    def _copy(self, query: str, path: Path) -> int:
        options = f"format parquet, string_dictionary_page_size_limit {_DICTIONARY_BYTES}"
        return self.connection.execute(f"copy ({query}) to {literal(str(path))} ({options})").fetchall()[0][0]

    def _relation(self, part: str) -> str:
        return f"read_parquet({literal_path(self._part(part))})"

    def _part(self, part: str) -> Path:
        return self.aside.with_name(f"{self.aside.name}.{part}")
