"""Arrays that every part shares: time, random streams, identifiers, and columns ready to be written.

A time is whole seconds since the simulation began; what happens at or after `Clock.end` has not happened. Calendar
dates appear only when columns are made, so that another `until` shifts dates and nothing else.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sample_company.parameters import CODES

DAY = 86_400
NEVER = 2**61

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]
Columns = dict[str, np.ndarray]
"""One entity: column name -> values, all of one length. None in a text column is an empty field."""


@dataclass(frozen=True)
class Clock:
    """The simulated time: `days` whole days that end at midnight before `until`, so nothing lies in the future."""

    until: date
    months: int

    @property
    def days(self) -> int:
        """Length of the simulation."""
        return round(self.months * 30.4375)

    @property
    def end(self) -> int:
        """First second that is not simulated."""
        return self.days * DAY

    @property
    def first_day(self) -> date:
        """First simulated day."""
        return self.until - timedelta(days=self.days)

    def stamps(self, seconds: Ints) -> Texts:
        """`YYYY-MM-DD hh:mm:ss` UTC, None where it has not happened."""
        happened = seconds < self.end
        start = np.datetime64(self.first_day, "s")
        texts = np.datetime_as_string(start + np.where(happened, seconds, 0).astype("timedelta64[s]"))
        return np.where(happened, np.char.replace(texts, "T", " ").astype(object), None)

    def dates(self, days: Ints) -> Texts:
        """`YYYY-MM-DD` of days since the beginning."""
        return np.datetime_as_string(np.datetime64(self.first_day, "D") + days.astype("timedelta64[D]")).astype(object)

    def month_labels(self) -> list[str]:
        """`YYYY-MM` of each simulated month; the last is the month of the last simulated day."""
        last = np.datetime64(self.until - timedelta(days=1), "M")
        return [str(last - back) for back in range(self.months - 1, -1, -1)]


def stream(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for each part, so that a change in one leaves the others alone."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def labels(values: Sequence[str], codes: NDArray[np.integer]) -> Texts:
    """Text by code; an empty text is an empty field."""
    return np.array([value or None for value in values], dtype=object)[codes]


def ids(prefix: str, numbers: NDArray[np.integer]) -> Texts:
    """Identifiers like L000042; None for negative numbers."""
    named = np.char.add(prefix, np.char.zfill(np.maximum(numbers, 0).astype(str), 6)).astype(object)
    return np.where(numbers >= 0, named, None)


def pick(rng: np.random.Generator, shares: Sequence[float], size: int) -> Ints:
    """Random positions in `shares`, as often as each share says."""
    edges = np.cumsum(np.asarray(shares, dtype=float))
    return np.minimum(np.searchsorted(edges, rng.random(size) * edges[-1], side="right"), len(edges) - 1)


def pick_by_source(rng: np.random.Generator, options: dict[str, Sequence[str]], sources: Ints) -> Texts:
    """One of its source's texts for each row; None where the source has none."""
    chosen = np.full(len(sources), None, dtype=object)
    draws = rng.random(len(sources))
    for name, texts in options.items():
        rows = sources == CODES[name]
        chosen[rows] = labels(texts, (draws[rows] * len(texts)).astype(int))
    return chosen


def filled(rng: np.random.Generator, values: Texts, share: float) -> Texts:
    """The values with only `share` of them kept: people do not fill in every field."""
    return np.where(rng.random(len(values)) < share, values, None)


def select(columns: Columns, rows: np.ndarray) -> Columns:
    """Some rows, by mask or position."""
    return {name: values[rows] for name, values in columns.items()}


def stack(parts: Sequence[Columns]) -> Columns:
    """Parts below one another; all have the same columns."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def delays(rng: np.random.Generator, mean_days: Floats | float, size: int) -> Ints:
    """Exponential delays, in seconds, of at least a minute."""
    return 60 + (rng.exponential(1.0, size) * mean_days * DAY).astype(np.int64)
