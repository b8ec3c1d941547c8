"""A failed check in words: what is wrong, who is behind it and what to do. The texts are in check_texts.yml.

checks.py reads the figures from the release; here they only become words.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

TEXTS = Path(__file__).with_name("check_texts.yml")
NAMED_ROWS = 3


@dataclass(frozen=True)
class Words:
    """How the rows behind a check are named in a sentence.

    `row` has columns in braces; a row is left out where one of them is null, or where a cell is one of `but`.
    """

    row: str
    but: tuple[str, ...] = ()


@cache
def text(name: str) -> str:
    """An English text of check_texts.yml."""
    return str(yaml.safe_load(TEXTS.read_text(encoding="utf-8"))[name]["en"])


def sentence(
    check_name: str, shown: Mapping[str, str], columns: Iterable[str], rows: Iterable[Iterable[Any]], words: Words
) -> str:
    """What is wrong, with figure, threshold and the first rows behind it. `shown` has the vars and both figures."""
    named = [row for row in (_named(dict(zip(columns, row, strict=True)), words) for row in rows) if row]
    first = [*named[:NAMED_ROWS], *(["..."] if len(named) > NAMED_ROWS else [])]
    said = text(f"check.{check_name}.is").format(**shown)
    return f"{said} Behind it: {', '.join(first)}" if named else said


def figure_text(value: float | None, is_share: bool) -> str:
    """A figure as people write it."""
    if value is None:
        return "no data"
    if is_share:
        return f"{_trimmed(f'{100 * value:.1f}')}%"
    digits = 2 if value == 0 or abs(value) >= 0.01 else 1 - math.floor(math.log10(abs(value)))
    return _trimmed(f"{value:,.{digits}f}")


def _named(row: Mapping[str, Any], words: Words) -> str | None:
    used = [name for _, name, _, _ in Formatter().parse(words.row) if name]
    if any(row[name] is None for name in used) or any(value in words.but for value in row.values()):
        return None
    return words.row.format(**{name: _cell(name, row[name]) for name in used})


def _cell(column: str, value: Any) -> str:
    if isinstance(value, date | datetime):
        return f"{value.year}-Q{(value.month + 2) // 3}" if column == "quarter" else value.strftime("%Y-%m-%d")
    if isinstance(value, str):
        # Names come from exports: none may steer a terminal.
        return "".join(letter if letter.isprintable() else " " for letter in value)
    return figure_text(float(value), column.endswith("_share"))


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number
