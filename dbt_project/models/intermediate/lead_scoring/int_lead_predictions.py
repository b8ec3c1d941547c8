"""Predictions of leads by the trained models; they are computed in orchestration/prediction/predicting.py."""

from orchestration.prediction.predicting import predict
from orchestration.prediction.tables import models_of, predictions_table, read_frame, read_settings


def model(dbt, session):
    """One row per snapshot, outcome it had not reached, and horizon: its probability beside the base rate."""
    frame = read_frame(dbt.ref("int_lead_features"))
    models = models_of(dbt.ref("int_lead_prediction_models"))
    # A relation, as what is none is written by another transaction than the one that dropped the table.
    return session.from_arrow(predictions_table(predict(frame, models, read_settings(dbt.config.get("meta")))))
