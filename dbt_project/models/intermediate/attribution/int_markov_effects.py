"""Removal effects per conversion type; the chains are solved in orchestration/attribution/markov.py."""

import numpy as np

from orchestration.attribution.markov import removal_effects


def model(dbt, session):
    """One row per conversion type and source that a path of that type holds."""
    steps = dbt.ref("int_markov_transitions").fetchnumpy()
    rows = [
        (conversion_type, source, effect)
        for conversion_type in sorted(set(steps["conversion_type"]))
        for source, effect in removal_effects(*_of_type(steps, conversion_type)).items()
    ]
    # Named types, so that the columns are the same when there are no rows.
    return session.query(
        """
        select
            unnest($1::varchar[]) as conversion_type,
            unnest($2::varchar[]) as source,
            unnest($3::double[]) as removal_effect
        """,
        params=[[row[column] for row in rows] for column in range(3)],
    )


def _of_type(steps, conversion_type):
    chosen = np.flatnonzero(steps["conversion_type"] == conversion_type)
    return [steps[column][chosen] for column in ("from_state", "to_state", "transitions")]
