"""SQL that types the columns of a contract and says what is wrong with a row. Reading files is not done here.

A source relation has one VARCHAR column `r_<column>` per contract column, NULL where absent or empty, and `extra`.
Reasons name the field, the fault and the remedy, never the value: reasons are public, values may be private.
"""

import glob
from pathlib import Path

from orchestration.ingest.contract import MOMENTS, Column, Contract

SQL_TYPES = {
    "text": "varchar",
    "timestamp": "timestamp",
    "date": "date",
    "month": "date",
    "integer": "bigint",
    "decimal": "decimal(18, 6)",
    "boolean": "boolean",
    "currency": "varchar",
    "json": "varchar",
}
# DuckDB's casts also take `infinity`, `epoch`, `2024-1-5`, `1_000`, and round 1.5: the form is checked first.
_MIDNIGHT = r"([T ]00:00(:00(\.0+)?)?)?"
_CLOCK = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
# No clock on earth is further than 14 hours from UTC.
_OFFSET = r"[+-](?:(?:0\d|1[0-3])(?::?[0-5]\d)?|14(?::?00)?)"
_FORMS = {
    "timestamp": rf"\d{{4}}-\d{{2}}-\d{{2}}({_CLOCK} ?(Z|UTC|{_OFFSET})?)?",
    "date": rf"\d{{4}}-\d{{2}}-\d{{2}}{_MIDNIGHT}",
    "month": rf"\d{{4}}-\d{{2}}(-01{_MIDNIGHT})?",
    "integer": r"[+-]?\d{1,18}(\.0*)?",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?",
    "boolean": r"(?i)true|false|1|0",
    "currency": r"[A-Za-z]{3}",
    # Whether it is valid is asked below.
    "json": r"(?s)\s*[\[{].*",
}
# DuckDB takes an offset only behind seconds, and without a space.
_WITH_SECONDS = (
    "left({raw}, 16) || case when {raw}[17] = ':' then '' else ':00' end "
    "|| replace(replace({raw}[17:], ' ', ''), 'UTC', 'Z')"
)
# A plain cast to TIMESTAMP ignores the offset; through TIMESTAMPTZ it is applied.
_CASTS = {
    # A date alone is marked by its first microsecond, so that it is not taken for its midnight.
    "timestamp": "make_timestamp(epoch_us(coalesce(try_cast({raw} as timestamptz), "
    f"try_cast({_WITH_SECONDS} as timestamptz))) + case when length({{raw}}) = 10 then 1 else 0 end)",
    "date": "try_cast(left({raw}, 10) as date)",
    "month": "try_cast(left({raw}, 7) || '-01' as date)",
    "integer": "try_cast({raw} as bigint)",
    "decimal": "try_cast({raw} as decimal(18, 6))",
    "boolean": "try_cast({raw} as boolean)",
    "currency": "upper({raw})",
    "json": "case when json_valid({raw}) then {raw} end",
}
_REMEDIES = {
    "timestamp": "not a moment; write ISO 8601 like 2026-01-31T09:30:00Z",
    "date": "not a date; write YYYY-MM-DD",
    "month": "not a month; write YYYY-MM",
    "integer": "not a whole number; write digits alone",
    "decimal": "not an amount below a million million; write it plainly, like 1234.50, without symbols",
    "boolean": "not a yes or no; write true, false, 1 or 0",
    "currency": "not a currency; write the three letters of ISO 4217, like EUR",
    "json": "not a JSON object or list; export it nested, or as JSON text",
}


def literal(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def literal_path(path: Path) -> str:
    """A SQL string of the path of a file to read: DuckDB would take `[`, `*` and `?` in it for a pattern of names."""
    return literal(glob.escape(str(path)))


def name(text: str) -> str:
    """A quoted SQL name; contracts use words like `date` and `kind`."""
    return '"' + text.replace('"', '""') + '"'


def raw_name(column: str) -> str:
    """The column of a source relation that holds the text as it came."""
    return name(f"r_{column}")


def typed(contract: Contract, source: str) -> str:
    """The source relation with the typed contract columns added; a value that cannot be typed is null."""
    columns = ", ".join(f"{_typed(column)} as {name(column.name)}" for column in contract.columns)
    return f"select *, {columns} from ({source})"


def problems(contract: Contract, latest: str) -> list[str]:
    """One SQL expression per rule over `typed`: null where the rule holds, else its reason.

    `latest` is the SQL moment after which a column with `future: false` is in the future.
    """
    found = [problem for column in contract.columns if (problem := _problem(column, latest))]
    for group in contract.require_one_of:
        absent = " and ".join(f"{name(column)} is null" for column in group)
        fields = " and ".join(group)
        found.append(f"case when {absent} then {literal(f'{fields}: all missing; fill in at least one of them')} end")
    return found


def _typed(column: Column) -> str:
    raw = raw_name(column.name)
    if column.one_of:
        allowed = ", ".join(map(literal, column.one_of))
        return f"case when lower(trim({raw})) in ({allowed}) then lower(trim({raw})) end"
    if column.type == "text":
        return _trimmed_text(raw)
    # Trimming moments would cost a tenth of the whole load, and programs write those.
    trimmed = f"trim({raw})" if column.type not in MOMENTS else raw
    form = literal(_FORMS[column.type])
    return f"case when regexp_full_match({trimmed}, {form}) then {_CASTS[column.type].format(raw=trimmed)} end"


def _trimmed_text(raw: str) -> str:
    """Text without white space around it; null where nothing is left.

    DuckDB's trim walks through the whole text, which would cost a tenth of the load: it is asked only where the first
    sign sorts before the printable ones, or an end is white space.
    """
    ends = " or ".join(f"suffix({raw}, {sign})" for sign in ("' '", "chr(9)", "chr(10)", "chr(13)", "chr(160)"))
    white = "' ' || chr(9) || chr(10) || chr(13) || chr(160)"
    open_to_trim = f"{raw} < '!' or {ends} or prefix({raw}, chr(160))"
    return f"case when {open_to_trim} then nullif(trim({raw}, {white}), '') else {raw} end"


def _problem(column: Column, latest: str) -> str:
    value, raw = name(column.name), raw_name(column.name)
    rules: list[tuple[str, str]] = []
    if column.required:
        given = value if column.type == "text" and not column.one_of else raw
        rules.append((f"{given} is null", "missing; fill it in, or leave the row out of the export"))
    if column.one_of:
        rules.append(
            (f"{raw} is not null and {value} is null", f"not one of {', '.join(column.one_of)}; use one of these")
        )
    elif column.type != "text":
        rules.append((f"{raw} is not null and {value} is null", _REMEDIES[column.type]))
    if column.min is not None:
        rules.append((f"{value} < {column.min}", f"below {column.min}; check its sign and unit"))
    if column.max is not None:
        rules.append((f"{value} > {column.max}", f"above {column.max}; check its unit"))
    if column.type in ("timestamp", "date", "month"):
        outside = f"{value} < date '1990-01-01' or {value} >= date '2101-01-01'"
        rules.append((outside, "outside 1990 to 2100; check the year, or leave it empty where unknown"))
    if not column.future:
        rules.append((f"{value} > {latest}", "in the future; check the clock or the time zone of the export"))
    whens = " ".join(f"when {rule} then {literal(f'{column.name}: {text}')}" for rule, text in rules)
    return f"case {whens} end" if whens else ""
