"""Pages whose figures are checked: under each block of SQL is the table it gives, with sums worked out in its cells."""

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

BLOCK = re.compile(r"```sql\n(?P<sql>.*?)```\n\n(?P<table>(?:\|[^\n]*\n)+)", re.DOTALL)
NUMBER = re.compile(r"-?\d*\.?\d+")
# The words of a sum; everything else in one is digits, dots, brackets and signs.
WORDS = {"z": 1.959963984540054, "sqrt": math.sqrt, "ln": math.log, "exp": math.exp}


class Shown(NamedTuple):
    """A query on a page and the table under it."""

    sql: str
    columns: list[str]
    rows: list[list[str]]


def read_page(page: Path) -> list[Shown]:
    """All of a page's queries."""
    return read_queries(page.read_text())


def read_queries(text: str) -> list[Shown]:
    """The queries of a page or of a part of one. One without a table is an error: it would be checked by nobody."""
    shown = []
    for block in BLOCK.finditer(text):
        header, _, *rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in block["table"].splitlines()
        ]
        shown.append(Shown(block["sql"], header, rows))
    assert len(shown) == text.count("```sql"), "a query without a table right under it"
    return shown


def check(shown: Shown, database: Path) -> None:
    """The query gives the table: the same columns, rows and cells, and every sum in a cell is right."""
    with duckdb.connect(str(database), read_only=True) as connection:
        check_on(connection, shown)


def check_on(connection: duckdb.DuckDBPyConnection, shown: Shown) -> None:
    given = connection.sql(shown.sql)
    assert given.columns == shown.columns, shown.sql
    rows = given.fetchall()
    assert len(rows) == len(shown.rows), f"{shown.sql}\n{rows}"
    for row, cells in zip(rows, shown.rows, strict=True):
        for column, value, cell in zip(shown.columns, row, cells, strict=True):
            compare(value, cell, f"{column} of {row}")


def compare(value: Any, cell: str, where: str) -> None:
    """A number as exactly as it is written; after a sum and `=`, the sum too. Nothing is an empty cell."""
    if value is None or isinstance(value, bool | str) or not hasattr(value, "__float__"):
        written = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        assert cell == written, where
        return
    *sums, written = cell.replace("**", "").split(" = ")
    if NUMBER.fullmatch(written):
        decimals = len(written.partition(".")[2])
        figure, tolerance = float(written), 0.5 * 10**-decimals + 1e-9
    else:
        figure, tolerance = evaluate(written), 1e-6
    assert float(value) == pytest.approx(figure, abs=tolerance), where
    for text in sums:
        assert evaluate(text) == pytest.approx(figure, abs=tolerance), where


def evaluate(text: str) -> float:
    """The value of a sum as people write it: `x` multiplies, `^` raises to a power."""
    words = set(re.findall(r"[a-z]+", text)) - {"x"}
    assert words <= WORDS.keys() and not re.search(r"[^a-z0-9.()+*/^ -]", text), text
    return float(eval(re.sub(r"\bx\b", "*", text).replace("^", "**"), {"__builtins__": {}}, WORDS))
