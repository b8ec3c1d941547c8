"""Text files as records with their exact text and line, in SQL: the strict fallback, only for files with bad rows.

DuckDB's CSV reader is fast, but where a record is broken it reports altered text and approximate lines, and some faults
stop it altogether. So a record here is made of whole lines: a line that ends inside a quoted field is continued by the
next. Lines end with LF; every CR was replaced by CR_STAND_IN before, so that the text can be given back exactly.
"""

from pathlib import Path

from orchestration.ingest.contract import Contract
from orchestration.ingest.validation import literal, literal_path, raw_name

# A private-use character; no export has a meaning for it.
CR_STAND_IN = "\ue00d"
MAX_RECORD_BYTES = 2_000_000
# An unclosed quote swallows the rest of the file; no more lines than this are kept as its text, to bound memory.
MAX_RECORD_LINES = 50_000

_QUOTED = r' *"(?:[^"]|"")*" *'
_BARE = r' *(?:[^", ][^,]*)?'
_FIELD = f"(?:{_QUOTED}|{_BARE}),"
_RUNNING = "over (rows between unbounded preceding and current row)"
_OPEN = rf'(?:{_FIELD})* *"(?:[^"]|"")*'


def lines(path: Path, gzipped: bool, longest: int) -> str:
    """Relation of one column `text`: each line of a file, in order; '' for a blank one."""
    # No text holds this delimiter, so a line is one column.
    return (
        f"select coalesce(text, '') as text from read_csv({literal_path(path)}, columns = {{'text': 'VARCHAR'}}, "
        f"auto_detect = false, header = false, delim = chr(31) || chr(30) || chr(31), quote = '', escape = '', "
        f"strict_mode = false, new_line = '\\n', max_line_size = {longest}, "
        f"hive_partitioning = false, compression = '{'gzip' if gzipped else 'none'}')"
    )


def numbered(source: str, quoted: bool, dense: bool) -> str:
    """Relation line, record, starts, text: the record each line (from 1) belongs to; no blank lines.

    `quoted` false says that no quote opens a field, which spares the search for records of several lines; `dense` that
    each line is a record.
    """
    stand_in = literal(CR_STAND_IN)
    body = f"case when suffix(text, {stand_in}) then left(text, length(text) - 1) else text end"
    lined = f"select row_number() over () as line, text, {body} as body from ({source})"
    if dense:
        return f"select line, line as record, true as starts, text from ({lined})"
    inside = _inside(lined) if quoted else f"select *, false as inside from ({lined})"
    started = f"select line, text, body, not lag(inside, 1, false) over () as starts from ({inside})"
    counted = f"select *, sum((starts and body <> '')::bigint) {_RUNNING} as record from ({started})"
    return f"select line, record::bigint as record, starts, text from ({counted}) where not starts or body <> ''"


def _inside(lined: str) -> str:
    """The lines with `inside`: whether each ends within a quoted field.

    That follows from the last line whose end does not depend on its beginning, and the number of lines since then that
    turn outside into inside and back.
    """
    # How the line ends when it began outside of a quoted field, and when it began inside.
    opens = f"contains(body, '\"') and regexp_full_match(body, {literal(_OPEN)})"
    reopens = f"not contains(body, '\"') or regexp_full_match('\"' || body, {literal(_OPEN)})"
    stepped = f"select *, {opens} as opens, {reopens} as reopens from ({lined})"
    flipped = f"select *, sum((opens and not reopens)::bigint) {_RUNNING} % 2 as flips from ({stepped})"
    anchor = f"max(case when opens = reopens then line * 4 + opens::bigint * 2 + flips end) {_RUNNING}"
    anchored = f"select *, {anchor} as anchor from ({flipped})"
    inside = "(coalesce((anchor // 2) % 2, 0) + coalesce(anchor % 2, 0) + flips) % 2 = 1"
    return f"select line, text, body, {inside} as inside from ({anchored})"


def joined(path: Path, quoted: bool) -> str:
    """Relation line, record, text over a Parquet file of `numbered` lines: one row per record, its text exact.

    In file order only where nothing is `quoted`: the join that brings the further lines of a record loses the order.
    """
    parquet = f"read_parquet({literal_path(path)})"
    stand_in = literal(CR_STAND_IN)
    ended = f"case when suffix(text, {stand_in}) then left(text, length(text) - 1) else text end"
    whole = f"select line, record, text from {parquet} where starts"
    if quoted:
        continued = f"select record from {parquet} where not starts"
        windowed = (
            f"select *, min(line) over (partition by record) as start from {parquet} where record in ({continued})"
        )
        kept = f"filter (line < start + {MAX_RECORD_LINES})"
        text = f"string_agg(text, chr(10) order by line) {kept} as text"
        longer = f"select record, {text} from ({windowed}) group by record"
        whole = (
            "select single.line, single.record, coalesce(longer.text, single.text) as text "
            f"from ({whole}) as single left join ({longer}) as longer on longer.record = single.record"
        )
    return f"select line, record, replace({ended}, {stand_in}, chr(13)) as text from ({whole}) where record > 0"


def parse_csv(contract: Contract, header: list[str], source: str) -> str:
    """The source relation (with a column `text`) with its fields and `broken`, why a record has none."""
    has_quote = "contains(text, '\"')"
    usable = f"strlen(text) <= {MAX_RECORD_BYTES}"
    parts = f"case when {has_quote} and {usable} then regexp_extract_all(text || ',', {literal(_FIELD)}) end"
    plain = "left(part, length(part) - 1)"
    unquoted = f"replace(left(trim({plain}, ' ')[2:], length(trim({plain}, ' ')) - 2), '\"\"', '\"')"
    field = f"case when prefix(ltrim(part, ' '), '\"') then {unquoted} else {plain} end"
    fields = (
        f"case when {has_quote} then list_transform(parts, lambda part: {field}) "
        f"when {usable} then string_split(text, ',') end"
    )
    count = len(header)
    wrong_count = f"len(fields) <> {count} and (len(fields) <> {count + 1} or fields[{count + 1}] <> '')"
    broken = (
        f"case when not {usable} then {literal(_TOO_LONG)} when contains(text, chr(0)) then {literal(_NUL)} "
        f"when {has_quote} and regexp_full_match(text, {literal(_OPEN)}) then {literal(_UNCLOSED)} "
        f"when {has_quote} and array_to_string(parts, '') <> text || ',' then {literal(_QUOTES)} "
        f"when {wrong_count} then 'record: it has ' || len(fields) || ' fields where the header has {count}; ' || "
        f"{literal('check for commas or line breaks outside of quotes, and missing or surplus fields')} end"
    )
    split = f"select *, {fields} as fields from (select *, {parts} as parts from ({source}))"
    picked = pick(contract, header, "nullif(fields[{}], '')")
    return f"select line, record, text, {broken} as broken, {picked} from ({split})"


def pick(contract: Contract, header: list[str], field: str) -> str:
    """The select list of a source relation: each contract column from its place in the header, the rest in `extra`.

    `field` gives the SQL of the field at a place (from 1), written `{}`.
    """
    at = {column: field.format(place) for place, column in enumerate(header, 1)}
    columns = [f"{at.get(column, 'null::varchar')} as {raw_name(column)}" for column in contract.column_names]
    unknown = [f"{literal(column)}, {at[column]}" for column in new_columns(contract, header)]
    extra = f"json_object({', '.join(unknown)})::varchar" if unknown else "null::varchar"
    return ", ".join([*columns, f"{extra} as extra"])


def new_columns(contract: Contract, header: list[str]) -> list[str]:
    """Columns of a file that its contract does not know."""
    return [column for column in header if column not in contract.column_names]


def parse_jsonl(contract: Contract, source: str) -> str:
    """As `parse_csv`, for one JSON object a record. Names that are not in lower case are made so, as in a header.

    The text is taken apart once: each JSON function keeps memory for the lines it works on, many times their length.
    """
    judged = (
        f"select *, case when strlen(text) > {MAX_RECORD_BYTES} then {literal(_TOO_LONG)} "
        f"when contains(text, chr(0)) or contains(text, '\\u0000') then {literal(_NUL)} "
        f"when not json_valid(text) then {literal(_JSON)} "
        f"when json_type(text) <> 'OBJECT' then {literal(_OBJECT)} end as fault from ({source})"
    )
    # Keys and their values have the order of the text.
    opened = (
        "select *, case when fault is null then json_keys(text) end as keys, "
        f"case when fault is null then json_extract(text, '$.*') end as fields from ({judged})"
    )
    # Made lower only where one is not: a lambda costs as much as the parser.
    joined = "array_to_string(keys, '')"
    named = (
        f"select *, {joined} <> lower({joined}) or contains({joined}, ' ') as is_mixed, case when is_mixed "
        f"then list_transform(keys, lambda key: lower(trim(key))) else keys end as names from ({opened})"
    )
    twice = f"case when is_mixed and len(names) <> len(list_distinct(names)) then {literal(_TWICE)} end"
    checked = f"select *, coalesce(fault, {twice}) as broken from ({named})"
    known = ", ".join(map(literal, contract.column_names))
    others = f"list_filter(list_zip(names, fields), lambda field: field[1] not in ({known}))"
    written = f"list_transform({others}, lambda field: to_json(field[1])::varchar || ':' || field[2]::varchar)"
    extra = f"nullif('{{' || array_to_string({written}, ',') || '}}', '{{}}') as extra"
    columns = [
        f"nullif(fields[list_position(names, {literal(column)})] ->> '$', '') as {raw_name(column)}"
        for column in contract.column_names
    ]
    return f"select *, {extra}, {', '.join(columns)} from ({checked})"


_TOO_LONG = f"record: longer than {MAX_RECORD_BYTES} bytes; look for a missing line break or an unclosed quote"
_NUL = "record: it has a NUL byte; export the file again as plain UTF-8 text"
_UNCLOSED = (
    "record: a quote opened here is never closed, so the rest of the file is one record; close the quote, or double a "
    f'quote meant as text (""), and drop the file again (the text kept here ends after {MAX_RECORD_LINES} lines)'
)
_QUOTES = 'record: text after a closing quote; put the whole field in quotes and double each quote inside it ("")'
_JSON = "record: not valid JSON; write one complete JSON object per line"
_TWICE = "record: two of its names differ only in capitals or spaces; keep one of each"
_OBJECT = 'record: not a JSON object; write one object per line, like {"column": "value"}'
