"""Predictions by trained models, beside the base rate and what came.

Every snapshot is predicted by the model that was trained last before it, so what is said about the past is what would
have been said then.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.prediction.training import (
    HORIZONS,
    OUTCOMES,
    Frame,
    Model,
    Rows,
    Settings,
    Vector,
    at_risk,
    named,
    probability,
    reached_within,
    training_rows,
    validation_rows,
)

Columns = dict[str, NDArray[Any]]


def predict(frame: Frame, models: Sequence[Model], settings: Settings) -> Columns:
    """Predictions of open leads now and of the snapshots to validate, as columns of equal length.

    One row per snapshot, outcome that it had not reached, and horizon; without a probability where `refusal` says why.
    """
    parts = []
    for outcome in OUTCOMES:
        for horizon in HORIZONS:
            of_target = [model for model in models if (model.outcome, model.horizon_days) == (outcome, horizon)]
            parts += _of_target(frame, of_target, settings, outcome, horizon)
    if not parts:
        return {}
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {**columns, "model_version": _versions(columns["trained_at"], models)}


def _versions(trained_at: NDArray[Any], models: Sequence[Model]) -> NDArray[Any]:
    """One version for all models of a moment, for each row's moment."""
    versions = np.full(len(trained_at), None, object)
    for moment in np.unique(trained_at):
        names = sorted(model.version for model in models if model.trained_at == moment)
        versions[trained_at == moment] = hashlib.sha256(" ".join(names).encode()).hexdigest()[:12]
    return versions


def _of_target(frame: Frame, models: list[Model], settings: Settings, outcome: str, horizon: int) -> list[Columns]:
    past = _first_of_each_lead(frame, validation_rows(frame, settings, horizon) & at_risk(frame, outcome))
    now = frame["is_current"] & at_risk(frame, outcome)
    validated = [
        _predicted(frame, past & (frame["trained_at"] == model.trained_at), model, settings, model.refusal)
        for model in models
        if not model.refusal
    ]
    current = [
        _predicted(
            frame,
            now & (frame["trained_at"] == model.trained_at),
            model,
            settings,
            model.refusal or _not_validated(validated, settings, outcome, horizon),
        )
        for model in models
    ]
    return [part for part in (*validated, *current) if len(part["lead_id"])]


def _first_of_each_lead(frame: Frame, rows: Rows) -> Rows:
    """One snapshot of a lead and model: several would make intervals too narrow. The last one will not do: of a lead
    that reached the outcome soon it would be an earlier one than of the others.
    """
    places = np.flatnonzero(rows)
    leads, trained_at = frame.words("lead_id")[1][places], frame["trained_at"][places]
    order = np.lexsort((frame["known_at"][places], trained_at, leads))
    is_same = np.zeros(len(places), bool)
    is_same[1:] = (np.diff(leads[order]) == 0) & (trained_at[order][1:] == trained_at[order][:-1])
    chosen = np.zeros(len(rows), bool)
    chosen[places[order[~is_same]]] = True
    return chosen


def _not_validated(validated: list[Columns], settings: Settings, outcome: str, horizon: int) -> str | None:
    """Why predictions are not to be trusted by what came of earlier ones."""
    reached = np.concatenate([np.zeros(0, bool), *(part["is_reached"].astype(bool) for part in validated)])
    leads = np.concatenate([np.zeros(0, object), *(part["lead_id"] for part in validated)])
    for words, chosen in (("became", reached), ("did not become", ~reached)):
        count = len(set(leads[chosen]))
        if count < settings.min_leads:
            return (
                f"Of the leads predicted {horizon} days ago or earlier, {count} {words} {named(outcome)}; to say how"
                f" good the predictions are takes {settings.min_leads}."
            )
    of_model, of_base = (
        float(np.mean((np.concatenate([part[name] for part in validated]) - reached) ** 2))
        for name in ("probability", "benchmark_rate")
    )
    if of_model >= of_base:
        return f"Earlier predictions were no better than base rates (Brier score {of_model:.4f}, {of_base:.4f})."
    return None


def _predicted(frame: Frame, rows: Rows, model: Model, settings: Settings, refusal: str | None) -> Columns:
    count = np.count_nonzero(rows)
    learned = training_rows(frame, settings, model.outcome, model.horizon_days, model.trained_at)
    reached = reached_within(frame, model.outcome, model.horizon_days)
    nothing = np.full(count, np.nan)
    intercept, slope = model.rule_coefficients
    base_leads, base_reached, base_rate = _base_rates(frame, rows, learned, reached)
    is_current = frame["is_current"][rows]
    is_reached = reached[rows].astype(object)
    is_reached[is_current] = None
    return {
        "lead_id": frame["lead_id"][rows],
        "known_at": frame["known_at"][rows],
        "is_current": is_current,
        "outcome": np.full(count, model.outcome, object),
        "horizon_days": np.full(count, model.horizon_days),
        "source": frame["original_source"][rows],
        "trained_at": np.full(count, model.trained_at),
        "probability": nothing
        if refusal
        else probability(frame.matrix(rows, model.features) @ np.array(model.coefficients)).round(6),
        "rule_probability": nothing if refusal else probability(intercept + slope * frame["rule_score"][rows]).round(6),
        "benchmark_rate": base_rate,
        "base_leads": base_leads,
        "base_leads_reached": base_reached,
        "customer_value": _customer_values(frame, rows, model, settings),
        "is_reached": is_reached,
        "observed_value": np.where(
            is_current, np.nan, np.where(reached[rows], np.nan_to_num(frame["customer_value"][rows]), 0.0)
        ),
        "refusal": np.full(count, refusal, object),
    }


def _base_rates(
    frame: Frame, rows: Rows, learned: Rows, reached: Rows
) -> tuple[NDArray[np.int64], NDArray[np.int64], Vector]:
    """Leads to learn from of each row's source that were open at its age; those of them that reached the outcome; their
    share, that of all sources where there are none.
    """
    ages = frame["base_age_days"].astype(np.int64)
    keys = frame.words("original_source")[1] * (1 + ages.max(initial=0)) + ages
    leads, reached_leads = (_looked_up(keys, keys[rows], chosen) for chosen in (learned, learned & reached))
    all_leads, all_reached = (_looked_up(ages, ages[rows], chosen) for chosen in (learned, learned & reached))
    overall = (learned & reached).sum() / max(float(learned.sum()), 1)
    of_age = np.where(all_leads > 0, all_reached / np.maximum(all_leads, 1), overall)
    return leads, reached_leads, np.where(leads > 0, reached_leads / np.maximum(leads, 1), of_age)


def _looked_up(keys: NDArray[Any], wanted: NDArray[Any], chosen: Rows) -> NDArray[np.int64]:
    """How many of the chosen rows have each wanted key."""
    names, counts = np.unique(keys[chosen], return_counts=True)
    if not len(names):
        return np.zeros(len(wanted), np.int64)
    places = np.minimum(np.searchsorted(names, wanted), len(names) - 1)
    return np.where(names[places] == wanted, counts[places], 0)


def _customer_values(frame: Frame, rows: Rows, model: Model, settings: Settings) -> Vector:
    """Average first deal of the customers known when the model was trained: of the row's company size, shrunk towards
    all. Null for other outcomes, and before the first customer.
    """
    is_first = np.zeros(len(frame["lead_id"]), bool)
    is_first[np.unique(frame.words("lead_id")[1], return_index=True)[1]] = True
    known = is_first & (frame["customer_at"] <= model.trained_at) & ~np.isnan(frame["customer_value"])
    if model.outcome != "customer" or not known.any():
        return np.full(np.count_nonzero(rows), np.nan)
    overall = float(frame["customer_value"][known].mean())
    weight = settings.shrinkage_customers
    values = np.full(np.count_nonzero(rows), overall)
    sizes, codes = frame.words("company_size")
    for code, size in enumerate(sizes):
        amounts = frame["customer_value"][known & (codes == code)]
        if size and len(amounts):
            values[codes[rows] == code] = (amounts.sum() + weight * overall) / (len(amounts) + weight)
    return values.round(6)
