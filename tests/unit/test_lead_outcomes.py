"""Predictions of leads, on leads whose chances are known."""

from dataclasses import replace

import numpy as np
import pytest

from orchestration.prediction import training
from orchestration.prediction.predicting import predict
from orchestration.prediction.tables import PREDICTIONS, predictions_table
from orchestration.prediction.training import OUTCOMES, Frame, Settings, days, train

SETTINGS = Settings(training_days=730, validation_days=180, min_leads=30, shrinkage_customers=20)
FIRST = np.datetime64("2024-01-01", "us")
NOW = np.datetime64("2026-01-15", "us")
AGES = (0, 10)
SOURCES = np.array(["partner", "search", "social"], object)
# Of an SQL within 60 days, by source; twice that with a reply.
CHANCES = {"partner": 0.3, "search": 0.15, "social": 0.05}


def company(leads: int, now: np.datetime64 = NOW, seed: int = 1, **changes: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of int_lead_features for leads that came in evenly: an SQL 1 to 60 days after its creation, or never.

    Every third SQL is an opportunity ten days later, and a customer of 1000 thirty days after that.
    """
    random = np.random.default_rng(seed)
    created_at = FIRST + np.sort(random.integers(0, int(days(744) / np.timedelta64(1, "us")), leads))
    source, has_reply = random.choice(SOURCES, leads), random.random(leads) < 0.3
    chance = np.array([CHANCES[name] for name in source]) * np.where(has_reply, 2, 1)
    sql_at = created_at + random.integers(1, 60, leads) * days(1)
    sql_at[random.random(leads) >= chance] = np.datetime64("NaT")
    opportunity_at = np.where(random.random(leads) < 1 / 3, sql_at + days(10), np.datetime64("NaT"))
    lead = {
        "lead_id": np.array([f"lead{number:05}" for number in range(leads)], object),
        "created_at": created_at,
        "sql_at": sql_at,
        "opportunity_at": opportunity_at,
        "customer_at": opportunity_at + days(30),
        "customer_value": np.where(np.isnat(opportunity_at), np.nan, 1000.0),
        "original_source": source,
        "latest_source": source,
        "replies": np.where(has_reply, 1.0, 0.0),
        "rule_score": random.random(leads) * 100,
        "company_size": random.choice(np.array(["small", "large", ""], object), leads),
        **changes,
    }
    return seen_at(lead, now)


def seen_at(lead: dict[str, np.ndarray], now: np.datetime64) -> dict[str, np.ndarray]:
    """The snapshots that are known at a moment, and no outcome after it."""
    number = len(lead["lead_id"])
    known_at = np.concatenate([*(lead["created_at"] + days(age) for age in AGES), np.full(number, now)])
    is_current = np.repeat([False] * len(AGES) + [True], number)
    columns = {name: np.tile(values, len(AGES) + 1) for name, values in lead.items()}
    for outcome in OUTCOMES:
        columns[f"{outcome}_at"][columns[f"{outcome}_at"] > now] = np.datetime64("NaT")
    columns["customer_value"] = np.where(np.isnat(columns["customer_at"]), np.nan, columns["customer_value"])
    age_days = (known_at - columns["created_at"]) / days(1)
    columns |= {
        "known_at": known_at,
        "is_current": is_current,
        "trained_at": known_at.astype("datetime64[M]").astype("datetime64[us]"),
        "observed_until_at": np.full(len(known_at), now),
        "newest_fact_at": columns["created_at"],
        "base_age_days": np.where(age_days >= 10, 10, 0),
        "age_days": age_days,
        "stage": np.full(len(known_at), "lead", object),
    }
    for name in (
        "stage_days",
        "inactive_days",
        "touches",
        "sources",
        "sessions",
        "behaviour_score",
        "sales_activities",
    ):
        columns[name] = np.zeros(len(known_at))
    for name in ("entry_method", "form_kind", "industry", "country"):
        columns[name] = np.full(len(known_at), "", object)
    is_open = (columns["created_at"] <= now) & (known_at <= now) & ~(columns["customer_at"] <= known_at)
    kept = {name: values[is_open] for name, values in columns.items()}
    order = np.lexsort((kept["known_at"], kept["is_current"], kept["lead_id"].astype(str)))
    return {name: values[order] for name, values in kept.items()}


def predicted(columns: dict[str, np.ndarray], settings: Settings = SETTINGS) -> dict[str, np.ndarray]:
    frame = Frame(columns)
    return predict(frame, train(frame, settings, {}), settings)


def of(rows: dict[str, np.ndarray], outcome: str, horizon: int, is_current: bool) -> dict[str, np.ndarray]:
    chosen = (rows["outcome"] == outcome) & (rows["horizon_days"] == horizon) & (rows["is_current"] == is_current)
    return {name: values[chosen] for name, values in rows.items()}


@pytest.fixture(scope="module")
def columns() -> dict[str, np.ndarray]:
    return company(4000)


@pytest.fixture(scope="module")
def rows(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return predicted(columns)


def test_what_was_predicted_comes(rows: dict[str, np.ndarray]):
    past = of(rows, "sql", 90, is_current=False)
    reached = past["is_reached"].astype(bool)
    assert len(reached) > 800
    assert past["probability"].mean() == pytest.approx(reached.mean(), abs=0.02)
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 1)):
        band = (past["probability"] >= low) & (past["probability"] < high)
        assert band.sum() > 50
        assert past["probability"][band].mean() == pytest.approx(reached[band].mean(), abs=0.06)


def test_it_says_more_than_the_source_and_the_score(rows: dict[str, np.ndarray]):
    past = of(rows, "sql", 90, is_current=False)
    errors = {
        name: np.mean((past[name] - past["is_reached"].astype(float)) ** 2)
        for name in ("probability", "benchmark_rate", "rule_probability")
    }
    assert errors["probability"] < errors["benchmark_rate"] < errors["rule_probability"]


def test_a_base_rate_is_of_leads_of_the_source_that_were_open_at_the_age(columns, rows):
    now = of(rows, "sql", 90, is_current=True)
    chosen = (now["source"] == "partner") & (now["base_leads"] > 0)
    trained_at = np.datetime64("2026-01-01")
    snapshots = (
        ~columns["is_current"]
        & (columns["original_source"] == "partner")
        & (columns["known_at"] + days(90) <= trained_at)
        & (columns["known_at"] + days(90) > trained_at - days(730))
        & (np.isnat(columns["sql_at"]) | (columns["sql_at"] > columns["known_at"]))
    )
    reached = snapshots & (columns["sql_at"] <= columns["known_at"] + days(90))
    expected = {
        (np.count_nonzero(snapshots & (columns["base_age_days"] == age)),
         np.count_nonzero(reached & (columns["base_age_days"] == age)))
        for age in AGES
    }  # fmt: skip
    assert set(zip(now["base_leads"][chosen], now["base_leads_reached"][chosen], strict=True)) == expected


def test_the_same_leads_give_the_same_predictions(columns, rows):
    again = predicted(columns)
    assert {name: values.tolist() for name, values in again.items()}.keys() == rows.keys()
    assert predictions_table(again).equals(predictions_table(rows))


def test_later_data_changes_nothing_that_was_predicted_before(columns: dict[str, np.ndarray]):
    then = np.datetime64("2025-10-10", "us")
    wide = replace(SETTINGS, validation_days=400)
    earlier, later = (
        {(model.outcome, model.horizon_days, model.trained_at): model for model in train(Frame(seen), wide, {})}
        for seen in (company(4000, now=then), columns)
    )
    shared = earlier.keys() & later.keys()
    assert len({trained_at for _, _, trained_at in shared}) > 5
    assert {key: earlier[key] for key in shared} == {key: later[key] for key in shared}
    fitted = [key for key in shared if not earlier[key].refusal]
    assert len(fitted) > 10


def test_features_of_the_future_are_refused(columns: dict[str, np.ndarray]):
    """A feature that counts what came within the horizon would predict it, and nothing of a lead of now."""
    newest = columns["newest_fact_at"].copy()
    replies = columns["replies"].copy()
    leaked = ~columns["is_current"] & ~np.isnat(columns["sql_at"])
    replies[leaked], newest[leaked] = 5, columns["sql_at"][leaked]
    rows = predicted(columns | {"replies": replies, "newest_fact_at": newest})
    assert np.isnan(rows["probability"]).all()
    assert set(rows["refusal"]) == {"Features were counted from something later than their snapshot."}


def test_twenty_leads_are_too_few():
    rows = predicted(company(20))
    assert np.isnan(rows["probability"]).all()
    now = of(rows, "sql", 90, is_current=True)
    assert len(now["lead_id"]) > 10
    assert "became an SQL within 90 days; it takes 30." in now["refusal"][0]
    assert (now["base_leads"] > 0).any()


def test_no_lead_at_all_gives_a_table_of_no_rows():
    table = predictions_table(predicted({name: values[:0] for name, values in company(20).items()}))
    assert (table.num_rows, table.schema) == (0, PREDICTIONS)


def test_predictions_no_better_than_base_rates_are_refused(columns: dict[str, np.ndarray]):
    """What replies say turns round in the last year: those who answer buy no longer."""
    turned = np.where(columns["created_at"] > np.datetime64("2025-04-01"), 1 - columns["replies"], columns["replies"])
    rows = predicted(columns | {"replies": 20 * turned})
    now = of(rows, "sql", 90, is_current=True)
    assert np.isnan(now["probability"]).all()
    assert now["refusal"][0].startswith("Earlier predictions were no better than base rates (Brier score 0.")


def test_whether_a_segment_is_known_says_nothing(columns: dict[str, np.ndarray]):
    """A CRM that learns the country of those who buy would else give them away."""
    countries = np.where(np.isnat(columns["sql_at"]), "", "DE").astype(object)
    without, knowing = (
        [
            dict(zip(model.features, model.coefficients, strict=True))
            for model in train(Frame(seen), SETTINGS, {})
            if not model.refusal
        ]
        for seen in (columns, columns | {"country": countries})
    )
    assert knowing
    for found, expected in zip(knowing, without, strict=True):
        assert found.pop("country=DE", 0) == 0
        assert found == pytest.approx(expected, abs=1e-6)


def test_what_a_segment_says_counts(columns: dict[str, np.ndarray]):
    countries = np.where(np.isnat(columns["sql_at"]), "FR", "DE").astype(object)
    models = [model for model in train(Frame(columns | {"country": countries}), SETTINGS, {}) if not model.refusal]
    assert models
    for model in models:
        found = dict(zip(model.features, model.coefficients, strict=True))
        assert found["country=DE"] > 0 > found["country=FR"]


def test_a_model_is_trained_again_where_its_data_changed(columns: dict[str, np.ndarray], monkeypatch):
    models = train(Frame(columns), SETTINGS, {})
    known = {model.version: model for model in models}
    fits: list[int] = []
    fitted = training._fitted

    def counted(*arguments):
        fits.append(1)
        return fitted(*arguments)

    monkeypatch.setattr(training, "_fitted", counted)
    assert train(Frame(columns), SETTINGS, known) == models
    assert not fits
    train(Frame(columns | {"replies": columns["replies"] + 1}), SETTINGS, known)
    assert len(fits) == len([model for model in models if not model.refusal])


def test_a_fit_that_fails_says_so_and_the_base_rates_stand(columns: dict[str, np.ndarray], monkeypatch):
    def fail(*arguments):
        raise ValueError("singular")

    monkeypatch.setattr(training, "_logistic", fail)
    rows = predicted(columns)
    now = of(rows, "sql", 90, is_current=True)
    assert np.isnan(now["probability"]).all()
    assert set(now["refusal"]) == {"The fit failed: ValueError: singular"}
    assert (now["base_leads"] > 0).all()


def test_a_lead_counts_once_a_month_by_a_snapshot_chosen_without_what_came(columns, rows):
    """By the last one, leads that reached the outcome before it would have an earlier one than the others."""
    at_risk = ~columns["is_current"] & ~(columns["sql_at"] <= columns["known_at"])
    first: dict[tuple, np.datetime64] = {}
    for lead, month, known_at in zip(
        *(columns[name][at_risk] for name in ("lead_id", "trained_at", "known_at")), strict=True
    ):
        first[lead, month] = min(known_at, first.get((lead, month), known_at))
    past = of(rows, "sql", 90, is_current=False)
    keys = list(zip(past["lead_id"], past["trained_at"], strict=True))
    assert len(keys) == len(set(keys)) > 800
    assert [first[key] for key in keys] == list(past["known_at"])
