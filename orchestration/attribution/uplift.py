"""What the attribution model uplift learns: by how much each source raises conversions, and how that becomes credit.

Knows neither dbt nor the warehouse. A source is a column; a set of sources is a row of True and False.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri

# Sources are told apart only where chance alone makes such differences in fewer than one company of a hundred.
SIGNIFICANCE = 0.01
# Prior of the logarithm of a rate, around the mean of all, and of the common rate ratio, around 1: a factor of e.
PRIOR_DEVIATION = 1.0
# Keeps the rate ratio of a source that never converts finite.
RIDGE = 1e-3
ROUNDS = 100
TOLERANCE = 1e-10
# How far a factor may move a source's part in a path, and how often the totals are compared.
FACTOR_LIMITS = (1 / 3, 3.0)
CALIBRATIONS = 20
DIGITS = 9

Vector = NDArray[np.float64]
Sets = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Trials:
    """One row per first source and set of further sources: how many had the chance to convert, and how many did."""

    first_source: Numbers
    sources: Sets
    trials: Vector
    conversions: Vector


@dataclass(frozen=True)
class Paths:
    """One row per form of a path: its first source, those before and after the lead's creation, its conversions."""

    first_source: Numbers
    before: Sets
    after: Sets
    conversions: Vector


def source_sets(numbers: Sequence[str], source_count: int) -> Sets:
    """Sets from their numbers, the sums of 2^position over their sources."""
    packed = b"".join(int(number).to_bytes(16, "little") for number in numbers)
    bits = np.unpackbits(np.frombuffer(packed, np.uint8).reshape(-1, 16), axis=1, count=source_count, bitorder="little")
    return bits.astype(bool)


def effects(trials: Trials) -> Vector:
    """Per source: the share of the conversions with its touch that would be lost without it; 0 where nothing is known.

    A Poisson regression on the first source and the sources present: among those with the same first source, with
    all other sources equal, how many times as often do those with the source convert? Unreliable ratios are shrunk.
    """
    if not trials.conversions.sum():
        return np.zeros(trials.sources.shape[1])
    logarithms, variances = _rate_ratios(trials)
    lost = 1 - np.exp(-_shrink(logarithms, variances, trials.sources))
    return np.round(lost.clip(min=0), DIGITS)


def _rate_ratios(trials: Trials) -> tuple[Vector, Vector]:
    """Logarithm of the rate ratio of each source, and its variance, by Newton's method."""
    firsts, position = np.unique(trials.first_source, return_inverse=True)
    design = np.hstack([np.eye(len(firsts))[position], trials.sources.astype(float)])
    precision = np.full(design.shape[1], RIDGE)
    precision[: len(firsts)] = PRIOR_DEVIATION**-2
    centre = np.zeros(design.shape[1])
    centre[: len(firsts)] = np.log(trials.conversions.sum() / trials.trials.sum())
    found = centre.copy()
    information = np.diag(precision)
    for _ in range(ROUNDS):
        expected = trials.trials * np.exp(np.minimum(design @ found, 1.0))
        information = (design * expected[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(information, design.T @ (trials.conversions - expected) - precision * (found - centre))
        step /= max(1.0, np.abs(step).max())
        found += step
        if np.abs(step).max() < TOLERANCE:
            break
    return found[len(firsts) :], np.diag(np.linalg.inv(information))[len(firsts) :]


def _shrink(logarithms: Vector, variances: Vector, sources: Sets) -> Vector:
    """Towards their mean (DerSimonian and Laird 1986), all the way where they do not differ significantly."""
    is_present = sources.any(axis=0)
    values, own = logarithms[is_present], variances[is_present]
    if not len(values):
        return np.zeros(len(logarithms))
    weights = 1 / own
    differences = float(weights @ (values - weights @ values / weights.sum()) ** 2)
    freedom = len(values) - 1
    between = 0.0
    if freedom and differences > chdtri(freedom, SIGNIFICANCE):
        between = (differences - freedom) / (weights.sum() - weights @ weights / weights.sum())
    weights = 1 / (own + between)
    mean = weights @ values / (weights.sum() + PRIOR_DEVIATION**-2)
    result = np.full(len(logarithms), mean)
    result[is_present] += between / (between + own) * (values - mean)
    return result


def path_effects(paths: Paths, before: Vector, after: Vector) -> Vector:
    """Per form of a path and source: the part of its conversions that is lost without the source.

    All of them without the first source; else what is left after the losses on both sides of the lead's creation.
    """
    lost = 1 - (1 - paths.before * before) * (1 - paths.after * after)
    lost[np.arange(len(lost)), paths.first_source] = 1
    return lost


def factors(paths: Paths, before: Vector, after: Vector) -> Vector:
    """Per source: by what its effects are multiplied before each path is shared in proportion to them.

    Without factors, sources that are alone in their paths would get more than their part of all losses, and those that
    work together less. Raking (Deming and Stephan 1940): each round compares what a source is given of the paths that
    it shares with what is due to it beside the paths that are its alone.
    """
    lost = path_effects(paths, before, after)
    is_shared = (lost > 0).sum(axis=1) > 1
    result = np.ones(lost.shape[1])
    if not is_shared.any():
        return result
    due = paths.conversions @ lost
    due *= paths.conversions.sum() / due.sum()
    due = np.maximum(due - paths.conversions[~is_shared] @ lost[~is_shared], 0)
    lost, conversions = lost[is_shared], paths.conversions[is_shared]
    due *= conversions.sum() / due.sum()
    for _ in range(CALIBRATIONS):
        weights = lost * result
        given = conversions @ (weights / weights.sum(axis=1, keepdims=True))
        result = np.clip(result * np.divide(due, given, out=np.ones_like(due), where=given > 0), *FACTOR_LIMITS)
    return np.round(result, DIGITS)
