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
from scipy.sparse.linalg import splu

START = "(start)"
CONVERSION = "(conversion)"
NULL = "(null)"
SEPARATOR = " > "

# Below this many states elimination is faster than iteration.
DENSE_STATES = 300
# Iterations after which elimination is used instead.
ROUNDS = 500
# How far the probability of a conversion may be off, relative to itself.
TOLERANCE = 1e-13

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class _Chain:
    """The states from which a conversion can be reached, START first; what leads elsewhere never converts."""

    # Given that the state is left: staying in it (a source that follows itself for long) is divided out.
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
    moves = shares[kept][:, kept]
    stays = moves.diagonal()
    leaving = sparse.diags_array(1 / (1 - stays))
    return _Chain(
        moves=(leaving @ (moves - sparse.diags_array(stays))).tocsr(),
        converts=leaving @ shares[kept][:, [conversion]].toarray().ravel(),
        last_source=last_source[kept],
    )


def _conversion_probabilities(chain: _Chain, source_count: int) -> Vector:
    """P(conversion from START) with all sources, then without each in turn."""
    removed = np.arange(-1, source_count)
    # A column per system: which states are still there. START's -1 is no source's place.
    is_there = (chain.last_source[:, None] != removed) | (removed < 0)
    if len(chain.converts) > DENSE_STATES:
        found = _iterate(chain, is_there)
        if found is not None:
            return found
    return np.array([_eliminate(chain, column) for column in is_there.T])


def _eliminate(chain: _Chain, is_there: NDArray[np.bool_]) -> float:
    """P(conversion) through the states that are there, by elimination."""
    matrix = sparse.eye_array(len(is_there)) - chain.moves @ sparse.diags_array(is_there.astype(float))
    if len(is_there) <= DENSE_STATES:
        return np.linalg.solve(matrix.toarray(), chain.converts)[0]
    return splu(matrix.tocsc()).solve(chain.converts)[0]


def _iterate(chain: _Chain, is_there: NDArray[np.bool_]) -> Vector | None:
    """All systems at once, a step further into the paths each round; None where the error stays over the tolerance.

    Elimination fills a large chain: thousands of states of order 3 become millions of numbers per system.
    """
    at_start = np.zeros(len(is_there))
    at_start[0] = 1
    backwards = chain.moves.T.tocsr()
    # Visits of each state from START: how much of what its equation is off by reaches the answer, at most.
    visits = at_start
    values = np.zeros(is_there.shape)
    for _ in range(ROUNDS):
        visits = at_start + backwards @ visits
        further = chain.converts[:, None] + chain.moves @ (values * is_there)
        errors = visits @ np.abs(further - values)
        values = further
        if errors.max() <= TOLERANCE * values[0, 0]:
            return values[0]
    return None
