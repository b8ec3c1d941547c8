"""Logistic regressions that say what becomes of leads, each trained on what was known when it was trained.

A model is for one outcome, one horizon and one moment of training. It learns from snapshots whose horizon was over by
then, and from nothing that came later. Validation and predictions are in predicting.py.
"""

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The columns of int_lead_features, all of one length.
Frame = Mapping[str, NDArray]
Vector = NDArray[np.float64]
Rows = NDArray[np.bool_]

OUTCOMES = ("sql", "opportunity", "customer")
# The marts have a column of each.
HORIZONS = (90, 365)
# Counts and days: the first ones more than the later ones, so their logarithms.
NUMBERS = (
    "age_days",
    "stage_days",
    "inactive_days",
    "touches",
    "sources",
    "sessions",
    "behaviour_score",
    "replies",
    "sales_activities",
)
WORDS = ("stage", "original_source", "latest_source", "entry_method", "form_kind")
# Facts that a CRM often learns of those who buy alone. A lead without one counts as the average of those with one, so
# that the model learns from what it says and not from whether it is there.
SEGMENTS = ("company_size", "industry", "country")
# Snapshots with a word under which it tells too little to be told apart.
MIN_SNAPSHOTS = 20
# Inverse strength of the penalty on squared coefficients of standardised features.
PENALTY_C = 0.05
# Share of leads, the oldest ones, that calibration leaves to the fit; and of each outcome under which it does nothing.
CALIBRATION_FROM = 0.7
CALIBRATION_MIN_LEADS = 10
# Part of every version: to be raised where the method changes.
METHOD = "1"


@dataclass(frozen=True)
class Settings:
    """The vars that decide what a model learns from and when there is none."""

    training_days: int
    validation_days: int
    min_leads: int
    shrinkage_customers: float


@dataclass(frozen=True)
class Model:
    """Coefficients of one outcome, horizon and moment of training; none of them where `refusal` says why."""

    trained_at: np.datetime64
    outcome: str
    horizon_days: int
    version: str
    leads: int
    leads_reached: int
    refusal: str | None
    # A number's name, `column=word`, or "" for the intercept; calibrated.
    features: tuple[str, ...] = ()
    coefficients: tuple[float, ...] = ()
    # The same of the rule score alone, to compare with.
    rule_coefficients: tuple[float, float] = (0.0, 0.0)


def train(frame: Frame, settings: Settings, known: Mapping[str, Model]) -> list[Model]:
    """The models of now and of the time to validate. One whose training data is that of a known version is not fitted.

    `known` has models of earlier runs by version.
    """
    return [
        _trained(frame, settings, known, outcome, horizon, trained_at)
        for outcome in OUTCOMES
        for horizon in HORIZONS
        for trained_at in _moments(frame, settings, horizon)
    ]


def days(number: float) -> np.timedelta64:
    """Days of exactly 24 hours."""
    return np.timedelta64(round(number * 86_400_000_000), "us")


def at_risk(frame: Frame, outcome: str) -> Rows:
    """Snapshots of leads that had not reached the outcome."""
    reached_at = frame[f"{outcome}_at"]
    return np.isnat(reached_at) | (reached_at > frame["known_at"])


def reached_within(frame: Frame, outcome: str, horizon: int) -> Rows:
    """Snapshots, not having reached the outcome, after which it came within the horizon."""
    return at_risk(frame, outcome) & (frame[f"{outcome}_at"] <= frame["known_at"] + days(horizon))


def training_rows(frame: Frame, settings: Settings, outcome: str, horizon: int, trained_at: np.datetime64) -> Rows:
    """Snapshots whose horizon was over when the model was trained."""
    over_at = frame["known_at"] + days(horizon)
    return (
        ~frame["is_current"]
        & (over_at <= trained_at)
        & (over_at > trained_at - days(settings.training_days))
        & at_risk(frame, outcome)
    )


def validation_rows(frame: Frame, settings: Settings, horizon: int) -> Rows:
    """Snapshots whose horizon is over now and that are new enough to say how good predictions are."""
    now = frame["observed_until_at"]
    is_over = ~frame["is_current"] & (frame["known_at"] + days(horizon) <= now)
    return is_over & (frame["trained_at"] >= now - days(horizon + settings.validation_days))


def linear(frame: Frame, rows: Rows, features: tuple[str, ...], coefficients: tuple[float, ...]) -> Vector:
    """Sums of features times coefficients, for the rows."""
    total = np.zeros(np.count_nonzero(rows))
    for feature, coefficient in zip(features, coefficients, strict=True):
        total += coefficient * _values(frame, rows, feature)
    return total


def probability(logits: Vector) -> Vector:
    """Of a logit; far from 0 it is 0 or 1."""
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))


def count_leads(frame: Frame, rows: Rows) -> int:
    """Leads, each once."""
    return len(np.unique(frame["lead_id"][rows]))


def sees_the_future(frame: Frame) -> bool:
    """Whether features of any snapshot were counted from something later."""
    return bool((frame["newest_fact_at"] > frame["known_at"]).any())


def _moments(frame: Frame, settings: Settings, horizon: int) -> list[np.datetime64]:
    chosen = frame["is_current"] | validation_rows(frame, settings, horizon)
    return list(np.unique(frame["trained_at"][chosen]))


def _trained(
    frame: Frame,
    settings: Settings,
    known: Mapping[str, Model],
    outcome: str,
    horizon: int,
    trained_at: np.datetime64,
) -> Model:
    rows = training_rows(frame, settings, outcome, horizon, trained_at)
    reached = reached_within(frame, outcome, horizon)
    version = _version(frame, settings, rows, reached[rows], f"{outcome} {horizon} {trained_at}")
    if version in known:
        return known[version]
    leads, leads_reached = count_leads(frame, rows), count_leads(frame, rows & reached)
    refusal = _thin(frame, settings, rows, reached, outcome, horizon)
    found: tuple = ()
    if not refusal:
        try:
            found = _fitted(frame, rows, reached)
        except Exception as error:
            # Whatever goes wrong here, the other figures of the run are right: the reason is in the marts.
            refusal = f"The fit failed: {type(error).__name__}: {error}"
    return Model(trained_at, outcome, horizon, version, leads, leads_reached, refusal, *found)


def _thin(frame: Frame, settings: Settings, rows: Rows, reached: Rows, outcome: str, horizon: int) -> str | None:
    if sees_the_future(frame):
        return "Features were counted from something later than their snapshot."
    for words, chosen in (("became", rows & reached), ("did not become", rows & ~reached)):
        leads = count_leads(frame, chosen)
        if leads < settings.min_leads:
            return (
                f"Of the leads to learn from, {leads} {words} {named(outcome)} within {horizon} days; it takes"
                f" {settings.min_leads}."
            )
    return None


def named(outcome: str) -> str:
    """As a sentence has it."""
    return {"sql": "an SQL", "opportunity": "an opportunity", "customer": "a customer"}[outcome]


def _version(frame: Frame, settings: Settings, rows: Rows, reached: Rows, target: str) -> str:
    hashed = hashlib.sha256(f"{METHOD} {target} {settings.min_leads}".encode())
    for column in ("lead_id", "known_at", "rule_score", "created_at", *NUMBERS, *WORDS, *SEGMENTS):
        values = frame[column][rows]
        hashed.update("\0".join(values).encode() if values.dtype == object else np.ascontiguousarray(values).tobytes())
    hashed.update(reached.tobytes())
    return hashed.hexdigest()[:12]


def _fitted(frame: Frame, rows: Rows, reached: Rows) -> tuple[tuple[str, ...], tuple[float, ...], tuple[float, float]]:
    """Names of features, calibrated coefficients, and those of the rule score."""
    features = _feature_names(frame, rows)
    coefficients = _regression(frame, rows, reached, features)
    intercept, slope = _calibration(frame, rows, reached, features)
    calibrated = [intercept + slope * coefficients[0], *(slope * coefficients[1:])]
    rule = _logistic(frame["rule_score"][rows][:, np.newaxis], reached[rows], 1.0)
    return features, _rounded(calibrated), (_rounded(rule)[0], _rounded(rule)[1])


def _calibration(frame: Frame, rows: Rows, reached: Rows, features: tuple[str, ...]) -> tuple[float, float]:
    """Platt's: how a fit on the older leads must be corrected to be right about the newer ones."""
    split = np.quantile(frame["created_at"][rows].astype(np.int64), CALIBRATION_FROM)
    is_older = frame["created_at"].astype(np.int64) < split
    older, newer = rows & is_older, rows & ~is_older
    parts = [part & came for part in (older, newer) for came in (reached, ~reached)]
    if min(count_leads(frame, part) for part in parts) < CALIBRATION_MIN_LEADS:
        return 0.0, 1.0
    coefficients = _regression(frame, older, reached, features)
    logits = linear(frame, newer, features, _rounded(coefficients))
    intercept, slope = _logistic(logits[:, np.newaxis], reached[newer], 1.0, standardise=False)
    # A fit that puts leads in the wrong order says nothing: the average, then.
    return (float(intercept), float(slope)) if slope > 0 else (_log_odds(reached[newer]), 0.0)


def _log_odds(reached: Rows) -> float:
    share = float(reached.mean())
    return float(np.log(share / (1 - share)))


def _feature_names(frame: Frame, rows: Rows) -> tuple[str, ...]:
    names = ["", *NUMBERS]
    for column in (*WORDS, *SEGMENTS):
        words, counts = np.unique(frame[column][rows].astype(str), return_counts=True)
        names += [
            f"{column}={word}" for word, count in zip(words, counts, strict=True) if word and count >= MIN_SNAPSHOTS
        ]
    return tuple(names)


def _values(frame: Frame, rows: Rows, feature: str) -> Vector:
    if not feature:
        return np.ones(np.count_nonzero(rows))
    column, equals, word = feature.partition("=")
    values = frame[column][rows]
    return (values == word).astype(np.float64) if equals else np.log1p(np.maximum(values, 0))


def _regression(frame: Frame, rows: Rows, reached: Rows, features: tuple[str, ...]) -> Vector:
    """Coefficients of the features as they are, the intercept first."""
    matrix = np.column_stack([_values(frame, rows, feature) for feature in features[1:]])
    averages = np.zeros(len(features) - 1)
    for segment in SEGMENTS:
        columns = [place for place, name in enumerate(features[1:]) if name.startswith(f"{segment}=")]
        is_known = matrix[:, columns].sum(axis=1) > 0
        if is_known.any():
            averages[columns] = matrix[np.ix_(is_known, columns)].mean(axis=0)
        matrix[:, columns] += np.where(is_known[:, np.newaxis], 0, averages[columns])
    intercept, *weights = _logistic(matrix, reached[rows], PENALTY_C)
    coefficients = np.array(weights)
    # A lead without the segment has zeros in these columns: it gets the average, the others the difference from it.
    for segment in SEGMENTS:
        columns = [place for place, name in enumerate(features[1:]) if name.startswith(f"{segment}=")]
        average = averages[columns] @ coefficients[columns]
        intercept += average
        coefficients[columns] -= average
    return np.array([intercept, *coefficients])


def _logistic(matrix: Vector, reached: Rows, penalty_c: float, standardise: bool = True) -> Vector:
    """The intercept and a coefficient for each column."""
    # Imported here: it takes seconds, and companies without enough leads do without.
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    means = matrix.mean(axis=0) if standardise else np.zeros(matrix.shape[1])
    scales = matrix.std(axis=0) if standardise else np.ones(matrix.shape[1])
    scales[scales == 0] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        regression = LogisticRegression(C=penalty_c, solver="newton-cholesky", max_iter=200)
        regression.fit((matrix - means) / scales, reached)
    coefficients = regression.coef_[0] / scales
    return np.array([regression.intercept_[0] - means @ coefficients, *coefficients])


def _rounded(coefficients: Vector | list[float]) -> tuple[float, ...]:
    """Twelve digits: what the order of sums may change lies below."""
    return tuple(round(float(coefficient), 12) for coefficient in coefficients)
