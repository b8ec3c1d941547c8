"""Models that say what becomes of leads; they are trained in orchestration/prediction/training.py."""

from orchestration.prediction.tables import models_table, read_frame, read_models, read_settings
from orchestration.prediction.training import train


def model(dbt, session):
    """One row per outcome, horizon and moment of training: its coefficients, or why there are none."""
    frame = read_frame(dbt.ref("int_lead_features"))
    return models_table(train(frame, read_settings(dbt.config.get("meta")), read_models(session, str(dbt.this))))
