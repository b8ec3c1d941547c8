"""What touches cause: they raise the odds that somebody becomes a lead, and that a deal is won.

Without the source of the first touch there is no such person. Every touch after it multiplies the odds of
the decision it speaks for by its source's `lift` (to the power of the decision's `strength`). Each decision is one
draw, compared with a chance that no touch lowers: take touches away, and only who needed them says no.
"""

from dataclasses import dataclass

import numpy as np

from sample_company.parameters import CODES, LATER_VISITS, SOURCES
from sample_company.tables import Bools, Clock, Floats, Ints, pick

IS_WEB = np.array([source.is_web for source in SOURCES])


def rates(name: str) -> Floats:
    """One parameter of all sources, by source code."""
    return np.array([getattr(source, name) for source in SOURCES], dtype=float)


LOG_LIFTS = np.log(rates("lift"))


@dataclass(frozen=True)
class Touches:
    """One row per touch: whose it is, when, and which source brought it."""

    person: Ints
    at: Ints
    source: Ints


@dataclass(frozen=True)
class Decision:
    """A yes or no of every person: its chance without a touch, its draw, and the touches that speak for it."""

    rate: Floats
    draw: Floats
    touches: Touches
    persuaded: Ints
    """Per touch: who decides. Not always whose touch it is: colleagues speak for their account's deal."""
    strength: float

    def says_yes(self, counted: Bools | None = None) -> Bools:
        """Per person, with only the counted touches; with all of them by default."""
        return self.draw < self.chance(counted)

    def chance(self, counted: Bools | None = None) -> Floats:
        """The probability of a yes, per person, with only the counted touches; with all of them by default."""
        weights = self.strength * LOG_LIFTS[self.touches.source]
        weights = weights if counted is None else weights * counted
        odds = self.rate / (1 - self.rate)
        odds = odds * np.exp(np.bincount(self.persuaded, weights=weights, minlength=len(self.rate)))
        return odds / (1 + odds)


def later_sources(rng: np.random.Generator, first_source: Ints) -> Ints:
    """Sources of visits after the first: what brings people back, and now and then their first source again."""
    size = len(first_source)
    chosen = np.array([CODES[name] for name in LATER_VISITS])[pick(rng, tuple(LATER_VISITS.values()), size)]
    again = (rng.random(size) < 0.12) & IS_WEB[first_source]
    return np.where(again, first_source, chosen)


def open_sources(clock: Clock, source: Ints, at: Ints) -> Ints:
    """The source, or direct where it had not started yet."""
    return np.where(at >= rates("live_from")[source] * clock.end, source, CODES["direct"])
