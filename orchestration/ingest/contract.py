"""What is valid in each feed entity: `contracts/<feed>/<entity>.yml`, read and checked here, said nowhere else.

`python -m orchestration.ingest.contract > docs/feeds.md` writes the feed documentation.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.config.settings import Settings

CONTRACTS_DIR = Path(__file__).parent / "contracts"

# Type in a contract -> what it looks like in a file. The SQL types are in validation.py.
TYPES = {
    "text": "text",
    "timestamp": "ISO 8601 with `T` or a space, UTC unless it carries an offset; a date alone is a whole day",
    "date": "YYYY-MM-DD",
    "month": "YYYY-MM",
    "integer": "whole number",
    "decimal": "plain decimal, like 1234.50",
    "boolean": "true, false, 1 or 0",
    "currency": "three letters of ISO 4217, like EUR",
    "json": "nested in JSON and Parquet, JSON text in CSV",
}
_HEAD = """# Feeds

<!-- Generated: python -m orchestration.ingest.contract > docs/feeds.md -->

Put files into `landing/<feed>/<entity>/` as `csv`, `jsonl` (or `ndjson`), both also with `.gz`, or as `parquet`.
Columns can have any order and case, JSON names too; unknown columns are kept in raw as JSON in `extra`. Text is
trimmed, and an empty value is a missing one. Files are UTF-8, lines end with LF or CRLF, CSV has commas and a header.
A row that breaks its contract is in `rejected_rows` with all reasons. Of rows with the same key the newest counts,
where nothing else is said; `load_ledger` has for each file how many keys repeat in it. Files elsewhere in `landing/`
are not read; every run lists them.

The standard feed is always read. A vendor's feed, in the layout of its common connectors, is read when the var
`sources_enabled` names it, like `LSW_VARS='{"sources_enabled": ["google_ads", "hubspot"]}'`; only the columns that are
used are listed.
"""
# Columns the loader adds to every row.
RESERVED = {"_file", "_checksum", "_landed_at", "_loaded_at", "_record", "extra"}
MOMENTS = {"timestamp", "date", "month"}
NUMBERS = {"integer", "decimal"}


class ContractError(ValueError):
    """A contract that cannot be used; the message says which and what to write instead."""


@dataclass(frozen=True)
class Column:
    """One column of a file. `future` is false for moments that cannot lie later than the load plus a day."""

    name: str
    type: str
    description: str
    required: bool = False
    min: int | None = None
    max: int | None = None
    one_of: tuple[str, ...] = ()
    future: bool = True


@dataclass(frozen=True)
class Contract:
    """One entity of one feed; its description is the grain in one sentence."""

    feed: str
    entity: str
    group: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    require_one_of: tuple[tuple[str, ...], ...] = field(default=())
    adds_up: bool = False
    """Whether rows of one file that share the key are all paid, and not versions of one record."""
    like: str | None = None
    """The contract `<feed>/<entity>` that this one repeats."""
    own_columns: tuple[str, ...] = ()
    """Of one that repeats another, the columns it adds or replaces."""

    @property
    def column_names(self) -> list[str]:
        """Names in the order of the contract, which is the order in raw."""
        return [column.name for column in self.columns]


def load_contracts(directory: Path = CONTRACTS_DIR) -> list[Contract]:
    """All contracts, by feed and entity. Raises ContractError for a malformed one."""
    return [load_contract(path) for path in sorted(directory.glob("*/*.yml"))]


def enabled_contracts(settings: Settings) -> list[Contract]:
    """Those of the standard feed and of the vendors that the var `sources_enabled` names."""
    feeds = {"standard", *settings.var("sources_enabled")}
    return [contract for contract in load_contracts() if contract.feed in feeds]


def load_contract(path: Path) -> Contract:
    """The contract in one file; its folder is the feed. Raises ContractError where it is malformed."""
    try:
        text = _read(path)
        if "like" in text:
            text = _alike(_read(path.parent.parent / f"{text['like']}.yml"), text)
        columns = tuple(_column(item) for item in text.pop("columns"))
        text["key"] = tuple(text.get("key") or ())
        text["own_columns"] = tuple(text.get("own_columns") or ())
        text["require_one_of"] = tuple(tuple(names) for names in text.get("require_one_of") or ())
        contract = Contract(feed=path.parent.name, columns=columns, **text)
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ContractError(f"{path}: {error}") from error
    for problem in _problems(contract, path.stem):
        raise ContractError(f"{path}: {problem}")
    return contract


def _read(path: Path) -> dict[str, Any]:
    # The loader in C: the one in Python takes a second for all contracts.
    text = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    if not isinstance(text, dict):
        raise TypeError("it must map names to values")
    return text


def _alike(base: dict[str, Any], text: dict[str, Any]) -> dict[str, Any]:
    """The contract `base` with what `text` says otherwise; its columns are further ones, or replace those so named."""
    own = {column["name"]: column for column in text.get("columns", [])}
    columns = {column["name"]: column for column in base["columns"]} | own
    return base | text | {"columns": list(columns.values()), "own_columns": list(own)}


def _column(item: dict[str, Any]) -> Column:
    return Column(**{**item, "one_of": tuple(item.get("one_of") or ())})


def _problems(contract: Contract, file_name: str) -> list[str]:
    names = contract.column_names
    problems = [
        f"column {column.name}: {problem}" for column in contract.columns for problem in _column_problems(column)
    ]
    problems += [f"column {name} is listed twice" for name in sorted({n for n in names if names.count(n) > 1})]
    named = {*contract.key, *(name for group in contract.require_one_of for name in group)}
    problems += [f"key or require_one_of names {name}, which is no column" for name in sorted(named - set(names))]
    if contract.entity != file_name:
        problems.append(f"entity is {contract.entity}; name the file {contract.entity}.yml or correct the entity")
    if not contract.key or not contract.description or not contract.group:
        problems.append("key, description and group must not be empty")
    return problems


def _column_problems(column: Column) -> list[str]:
    checks = [
        (not column.name.isidentifier() or column.name != column.name.lower(), "its name must be lower snake case"),
        (column.name in RESERVED, "this name is reserved for the loader"),
        (column.type not in TYPES, f"type {column.type} is not one of {', '.join(TYPES)}"),
        (not column.description, "it needs a description"),
        ((column.min, column.max) != (None, None) and column.type not in NUMBERS, "min and max are for numbers"),
        (bool(column.one_of) and column.type != "text", "one_of is for text"),
        (not column.future and column.type not in MOMENTS, "future is for moments"),
    ]
    return [problem for fails, problem in checks if fails]


def describe(contracts: list[Contract]) -> str:
    """The feed documentation, as Markdown."""
    return "\n".join([_HEAD, *map(_describe_one, contracts)])


def _describe_one(contract: Contract) -> str:
    shared = " Rows of one file with the same key add up, those alike in every column count once." * contract.adds_up
    key = f"Key: {', '.join(contract.key)}.{shared}"
    lines = [f"## {contract.feed}/{contract.entity}", "", f"{contract.description} {key}", ""]
    columns = contract.columns
    if contract.like:
        columns = tuple(column for column in columns if column.name in contract.own_columns)
        lines += [f"Columns and rules are those of {contract.like}{'; besides:' if columns else '.'}", ""]
        if not columns:
            return "\n".join(lines)
    else:
        lines += [f"At least one of {' and '.join(group)} is needed.\n" for group in contract.require_one_of]
    lines += ["| column | needed | format | meaning |", "|---|---|---|---|"]
    lines += [
        f"| {column.name} | {'yes' if column.required else ''} | {_format(column)} | {column.description} |"
        for column in columns
    ]
    return "\n".join([*lines, ""])


def _format(column: Column) -> str:
    limits = [
        ", ".join(column.one_of),
        f"at least {column.min}" if column.min is not None else "",
        f"at most {column.max}" if column.max is not None else "",
        "" if column.future else "not in the future",
    ]
    text = "one of: " if column.one_of else f"{TYPES[column.type]}; "
    return (text + "; ".join(filter(None, limits))).rstrip("; ")


if __name__ == "__main__":
    sys.stdout.write(describe(load_contracts()))
