"""Tables of the warehouse as columns of numpy, and back. What is computed from them does not belong here."""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.prediction.predicting import Columns
from orchestration.prediction.training import Frame, Model, Settings

MOMENT = pa.timestamp("us")
MODELS = pa.schema(
    {
        "outcome": pa.string(),
        "horizon_days": pa.int32(),
        "trained_at": MOMENT,
        "version": pa.string(),
        "leads": pa.int64(),
        "leads_reached": pa.int64(),
        "refusal": pa.string(),
        "features": pa.list_(pa.string()),
        "coefficients": pa.list_(pa.float64()),
        "rule_coefficients": pa.list_(pa.float64()),
    }
)
PREDICTIONS = pa.schema(
    {
        "lead_id": pa.string(),
        "known_at": MOMENT,
        "is_current": pa.bool_(),
        "outcome": pa.string(),
        "horizon_days": pa.int32(),
        "source": pa.string(),
        "trained_at": MOMENT,
        "model_version": pa.string(),
        "probability": pa.float64(),
        "rule_probability": pa.float64(),
        "benchmark_rate": pa.float64(),
        "base_leads": pa.int64(),
        "base_leads_reached": pa.int64(),
        "customer_value": pa.float64(),
        "is_reached": pa.bool_(),
        "observed_value": pa.float64(),
        "refusal": pa.string(),
    }
)


def read_frame(features: duckdb.DuckDBPyRelation) -> Frame:
    """The rows of int_lead_features, in the order of their key; a text that is null is empty."""
    table = features.order("lead_id, is_current, known_at").to_arrow_table()
    return Frame({name: _column(table[name]) for name in table.column_names})


def read_settings(meta: dict[str, Any]) -> Settings:
    """The vars that the model's YAML hands over."""
    return Settings(**{name: type_(meta[name]) for name, type_ in Settings.__annotations__.items()})


def read_known_models(previous: duckdb.DuckDBPyRelation) -> dict[str, Model]:
    """The models of the previous run by version."""
    return {row["version"]: _model(row) for row in previous.to_arrow_table().to_pylist()}


def models_table(models: list[Model]) -> pa.Table:
    """A row per model."""
    return pa.Table.from_pylist([vars(model) for model in models], MODELS)


def predictions_table(columns: Columns) -> pa.Table:
    """The columns with their types, also where there are no rows; what is no number is null."""
    return pa.table(
        {field.name: pa.array(columns.get(field.name, ()), field.type, from_pandas=True) for field in PREDICTIONS}
    )


def models_of(relation: duckdb.DuckDBPyRelation) -> list[Model]:
    """The rows of int_lead_prediction_models."""
    return [_model(row) for row in relation.to_arrow_table().to_pylist()]


def _model(row: dict[str, Any]) -> Model:
    lists = {name: tuple(row[name]) for name in ("features", "coefficients", "rule_coefficients")}
    return Model(**{**row, **lists, "trained_at": np.datetime64(row["trained_at"], "us")})


def _column(column: pa.ChunkedArray) -> Any:
    if pa.types.is_string(column.type):
        encoded = column.combine_chunks().dictionary_encode()
        words = np.array([*encoded.dictionary.to_pylist(), ""], object)
        return words[encoded.indices.fill_null(len(words) - 1).to_numpy()]
    return column.to_numpy()
