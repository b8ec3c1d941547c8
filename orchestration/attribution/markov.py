"""Removal effects of an absorbing Markov chain over sources, solved as linear systems; nothing is simulated.

Knows neither dbt nor the warehouse. A state is the last up to k sources of a path, joined by SEPARATOR; START before
the first. A transition leads from a state to the next source, to CONVERSION or to NULL.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import gmres, splu

START = "(start)"
CONVERSION = "(conversion)"
NULL = "(null)"
SEPARATOR = " > "

# Below this many states elimination is quicker than iteration.
DENSE_STATES = 300
# Corrections that iteration may take before elimination has to do it.
ROUNDS = 20
# How far the probability of a conversion may be off, relative to itself.
TOLERANCE = 1e-13

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class _Chain:
    """The states from which a conversion can be reached, START first; what leads elsewhere is lost."""

    moves: sparse.csr_array
    converts: Vector
    # The source a state ends in, as its place in the list of sources; -1 for START.
    last_source: NDArray[np.int64]


def removal_effects(
    from_states: Sequence[str], to_states: Sequence[str], transitions: Sequence[int]
) -> dict[str, float]:
    """Removal effect of every source: 1 - P(conversion without it) / P(conversion), rounded to 12 digits.

    Without a source, every transition into it leads to NULL. Where no path converts, all effects are 0.
    """
    sources = sorted({state for state in to_states if state not in (CONVERSION, NULL)})
    chain = _read_chain(from_states, to_states, transitions, sources)
    if chain is None:
        return dict.fromkeys(sources, 0.0)
    base, *without = _conversion_probabilities(chain, len(sources))
    return {source: _effect(rest, base) for source, rest in zip(sources, without, strict=True)}


def _effect(without: float, base: float) -> float:
    return round(float(min(max(1 - without / base, 0), 1)), 12)


def _read_chain(
    from_states: Sequence[str], to_states: Sequence[str], transitions: Sequence[int], sources: list[str]
) -> _Chain | None:
    """The chain, or None where START leads to no conversion. The order of the transitions changes nothing."""
    states = sorted(set(from_states) - {START})
    number_of = {state: number for number, state in enumerate([START, *states])}
    history = {START: (), **{state: tuple(state.split(SEPARATOR)) for state in states}}
    order = max(map(len, history.values()), default=1) or 1
    conversion, nowhere = len(number_of), len(number_of) + 1

    def target(from_state: str, to_state: str) -> int:
        if to_state in (CONVERSION, NULL):
            return conversion if to_state == CONVERSION else nowhere
        return number_of.get(SEPARATOR.join((*history[from_state], to_state)[-order:]), nowhere)

    rows = [number_of[state] for state in from_states]
    columns = [target(*step) for step in zip(from_states, to_states, strict=True)]
    counts = sparse.coo_array((np.asarray(transitions, dtype=float), (rows, columns)), shape=(nowhere + 1,) * 2).tocsr()
    totals = np.asarray(counts.sum(axis=1)).ravel()
    shares = (sparse.diags_array(1 / np.where(totals > 0, totals, 1)) @ counts).tocsr()

    converting = csgraph.breadth_first_order(shares.T.tocsr(), conversion, return_predecessors=False)
    kept = np.sort(converting[converting < conversion])
    if not kept.size or kept[0] != 0:
        return None
    place = {source: number for number, source in enumerate(sources)}
    last_source = np.array([-1, *(place.get(history[state][-1], -1) for state in states)])
    return _Chain(
        moves=shares[kept][:, kept].tocsr(),
        converts=shares[kept][:, [conversion]].toarray().ravel(),
        last_source=last_source[kept],
    )


def _conversion_probabilities(chain: _Chain, source_count: int) -> Vector:
    """P(conversion from START) with all sources, then without each in turn."""
    size = len(chain.converts)
    at_start = np.zeros(size)
    at_start[0] = 1
    # What an error left in each state's equation adds to the answer at START, at most.
    visits = _solve(sparse.eye_array(size) - chain.moves.T, at_start, at_start, np.ones(size), TOLERANCE)
    allowed = TOLERANCE * float(visits @ chain.converts)
    base = _solve(sparse.eye_array(size) - chain.moves, chain.converts, np.zeros(size), visits, allowed)
    without = [base[0]]
    for number in range(source_count):
        stays = (chain.last_source != number).astype(float)
        matrix = sparse.eye_array(size) - chain.moves @ sparse.diags_array(stays)
        without.append(_solve(matrix, chain.converts, base * stays, visits, allowed)[0])
    return np.array(without)


def _solve(matrix: sparse.sparray, right: Vector, guess: Vector, weights: Vector, allowed: float) -> Vector:
    """The solution of a linear system whose weighted error is at most `allowed`; elimination where iteration fails."""
    if len(right) <= DENSE_STATES:
        return np.linalg.solve(matrix.toarray(), right)
    matrix = matrix.tocsr()
    # A source that follows itself for long makes a small diagonal; dividing by it takes that difficulty away.
    scale = sparse.diags_array(1 / matrix.diagonal())
    solution = guess
    for _ in range(ROUNDS):
        rest = right - matrix @ solution
        error = weights @ np.abs(rest)
        if error <= allowed:
            return solution
        step, _ = gmres(matrix, rest, rtol=max(allowed / error / 10, 1e-12), restart=60, maxiter=1, M=scale)
        solution = solution + step
    return splu(matrix.tocsc()).solve(right)
