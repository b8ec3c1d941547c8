"""Models that say what becomes of leads; they are trained in orchestration/prediction/training.py."""

from orchestration.prediction.tables import models_table, read_frame, read_known_models, read_settings
from orchestration.prediction.training import train


def model(dbt, session):
    """One row per outcome, horizon and moment of training: its coefficients, or why there are none."""
    frame, settings = read_frame(dbt.ref("int_lead_features")), read_settings(dbt.config.get("meta"))
    ((is_incremental_run,),) = dbt.source("previous_run", "runs").project("is_incremental_run").fetchall()
    known = {}
    if is_incremental_run:
        known = read_known_models(dbt.source("previous_run", "int_lead_prediction_models__previous"))
    # A relation, as what is none is written by another transaction than the one that dropped the table.
    return session.from_arrow(models_table(train(frame, settings, known)))
