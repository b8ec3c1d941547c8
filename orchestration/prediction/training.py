"""Logistic regressions that say what becomes of leads, each trained on what was known when it was trained.

A model is for one outcome, one horizon and one moment of training. It learns from snapshots whose horizon was over by
then, and from nothing that came later. Validation and predictions are in predicting.py.
"""

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

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
WORDS = ("base_age_days", "stage", "original_source", "latest_source", "entry_method", "form_kind")
# Facts that a CRM often learns of those who buy alone. A lead without one counts as the average of those with one, so
# that the model learns from what it says and not from whether it is there.
SEGMENTS = ("company_size", "industry", "country")
# Snapshots with a word under which it tells too little to be told apart.
MIN_SNAPSHOTS = 20
# Inverse strength of the penalty on squared coefficients of standardised features: of a fit, and of its calibration.
PENALTY_C = 0.02
CALIBRATION_C = 1.0
# Share of snapshots, the oldest ones, that calibration fits to be compared with the others.
CALIBRATION_FROM = 0.7
# Part of every version: to be raised where the method changes.
METHOD = "1"


class Frame:
    """The columns of int_lead_features, and their values as features."""

    def __init__(self, columns: Mapping[str, NDArray]):
        self._columns = columns
        self._words: dict[str, tuple[NDArray, NDArray[np.int64]]] = {}

    def __getitem__(self, column: str) -> NDArray:
        return self._columns[column]

    def words(self, column: str) -> tuple[NDArray, NDArray[np.int64]]:
        """The different values of a column as texts, and each row's place among them."""
        if column not in self._words:
            values = self[column] if self[column].dtype == object else self[column].astype(str)
            encoded = pa.array(values, pa.string()).dictionary_encode()
            words = np.array(encoded.dictionary.to_pylist(), str)
            order = np.argsort(words)
            self._words[column] = words[order], np.argsort(order)[encoded.indices.to_numpy()]
        return self._words[column]

    def matrix(self, rows: Rows, features: Sequence[str]) -> Vector:
        """A column per feature: a number's logarithm, 1 where `column=word` holds and else 0; that of "" is 1."""
        matrix = np.zeros((np.count_nonzero(rows), len(features)))
        words_of: dict[str, dict[str, int]] = {}
        for place, name in enumerate(features):
            column, is_word, word = name.partition("=")
            if is_word:
                words_of.setdefault(column, {})[word] = place
            else:
                matrix[:, place] = np.log1p(np.maximum(self[column][rows], 0)) if column else 1
        for column, place_of in words_of.items():
            words, codes = self.words(column)
            places = np.array([place_of.get(word, -1) for word in words], np.int64)[codes[rows]]
            matrix[places >= 0, places[places >= 0]] = 1
        return matrix


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
    rule_coefficients: tuple[float, ...] = (0.0, 0.0)


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


def probability(logits: Vector) -> Vector:
    """Of a logit; far from 0 it is 0 or 1."""
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))


def count_leads(frame: Frame, rows: Rows) -> int:
    """Leads, each once."""
    return len(np.unique(frame.words("lead_id")[1][rows]))


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
    leaks = sees_the_future(frame)
    version = _version(frame, settings, rows, reached[rows], f"{outcome} {horizon} {trained_at} {leaks}")
    if version in known:
        return known[version]
    leads, leads_reached = count_leads(frame, rows), count_leads(frame, rows & reached)
    refusal = (
        "Features were counted from something later than their snapshot."
        if leaks
        else _thin(frame, settings, rows, reached, outcome, horizon)
    )
    found: tuple = ()
    if not refusal:
        try:
            found = _fitted(frame, rows, reached, settings.min_leads)
        except Exception as error:
            # Whatever goes wrong here, the other figures of the run are right: the reason is in the marts.
            refusal = f"The fit failed: {type(error).__name__}: {error}"
    return Model(trained_at, outcome, horizon, version, leads, leads_reached, refusal, *found)


def _thin(frame: Frame, settings: Settings, rows: Rows, reached: Rows, outcome: str, horizon: int) -> str | None:
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


def _fitted(
    frame: Frame, rows: Rows, reached: Rows, min_leads: int
) -> tuple[tuple[str, ...], tuple[float, ...], tuple[float, ...]]:
    """Names of features, calibrated coefficients, and those of the rule score."""
    features = _feature_names(frame, rows)
    matrix = frame.matrix(rows, features)
    coefficients = _regression(matrix, reached[rows], features)
    intercept, slope = _calibration(frame, rows, reached, features, matrix, min_leads)
    calibrated = [intercept + slope * coefficients[0], *(slope * coefficients[1:])]
    rule = _logistic(frame["rule_score"][rows][:, np.newaxis], reached[rows], PENALTY_C)
    return features, _rounded(calibrated), _rounded(rule)


def _calibration(
    frame: Frame, rows: Rows, reached: Rows, features: tuple[str, ...], matrix: Vector, min_leads: int
) -> tuple[float, float]:
    """Platt's: how a fit on the older snapshots must be corrected to be right about the newer ones."""
    known_at = frame["known_at"].astype(np.int64)
    is_older = known_at < np.quantile(known_at[rows], CALIBRATION_FROM)
    parts = [rows & part & came for part in (is_older, ~is_older) for came in (reached, ~reached)]
    if min(count_leads(frame, part) for part in parts) < min_leads:
        return 0.0, 1.0
    older = is_older[rows]
    coefficients = _regression(matrix[older], reached[rows][older], features)
    logits = matrix[~older] @ coefficients
    intercept, slope = _logistic(logits[:, np.newaxis], reached[rows][~older], CALIBRATION_C)
    # A fit that puts leads in the wrong order says nothing: the average, then.
    share = float(reached[rows].mean())
    return (float(intercept), float(slope)) if slope > 0 else (float(np.log(share / (1 - share))), 0.0)


def _feature_names(frame: Frame, rows: Rows) -> tuple[str, ...]:
    names = ["", *NUMBERS]
    for column in (*WORDS, *SEGMENTS):
        words, places = frame.words(column)
        counts = np.bincount(places[rows], minlength=len(words))
        names += [f"{column}={word}" for word in words[counts >= MIN_SNAPSHOTS] if word]
    return tuple(names)


def _regression(matrix: Vector, reached: Rows, features: tuple[str, ...]) -> Vector:
    """Coefficients of the features, the intercept first."""
    filled = matrix.copy()
    averages = np.zeros(len(features))
    segments = [
        np.array([place for place, name in enumerate(features) if name.startswith(f"{segment}=")], np.int64)
        for segment in SEGMENTS
    ]
    for places in segments:
        is_known = matrix[:, places].any(axis=1)
        if is_known.any():
            averages[places] = matrix[np.ix_(is_known, places)].mean(axis=0)
        filled[np.ix_(~is_known, places)] = averages[places]
    coefficients = _logistic(filled[:, 1:], reached, PENALTY_C)
    # A lead without the segment has zeros in these columns: it gets the average, the others the difference from it.
    for places in segments:
        average = averages[places] @ coefficients[places]
        coefficients[0] += average
        coefficients[places] -= average
    return coefficients


def _logistic(matrix: Vector, reached: Rows, penalty_c: float) -> Vector:
    """The intercept and a coefficient for each column."""
    # Imported here: it takes seconds, and companies without enough leads do without.
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    scales = matrix.std(axis=0)
    scales[scales == 0] = 1
    # Most words are not of a row: a sparse matrix is solved eight times as fast.
    scaled = sparse.csr_array(matrix / scales)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        regression = LogisticRegression(C=penalty_c, solver="newton-cholesky", max_iter=200).fit(scaled, reached)
    return np.array([regression.intercept_[0], *(regression.coef_[0] / scales)])


def _rounded(coefficients: Vector | list[float]) -> tuple[float, ...]:
    """Twelve digits: what the order of sums may change lies below."""
    return tuple(round(float(coefficient), 12) for coefficient in coefficients)
