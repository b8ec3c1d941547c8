"""Effects and factors per conversion type; they are estimated in orchestration/attribution/uplift.py."""

import numpy as np

from orchestration.attribution.uplift import Paths, Trials, effects, factors, source_sets


def model(dbt, session):
    """One row per conversion type that has a path, and source of the catalogue."""
    sources = dbt.ref("source_catalogue").fetchnumpy()
    catalogue = sorted(sources["source"])
    trials = dbt.ref("int_uplift_trials").order("all").fetchnumpy()
    paths = dbt.ref("int_uplift_paths").order("all").fetchnumpy()
    before = effects(_trials(trials, "lead", catalogue))
    rows = []
    for conversion_type in sorted(set(paths["conversion_type"])):
        after = effects(_trials(trials, conversion_type, catalogue)) if conversion_type != "lead" else before * 0
        factor = factors(_paths(paths, conversion_type, catalogue), before, after)
        rows += zip([conversion_type] * len(catalogue), catalogue, before, after, factor, strict=True)
    # Named types, so that the columns are the same when there are no rows.
    return session.query(
        """
        select
            unnest($1::varchar[]) as conversion_type,
            unnest($2::varchar[]) as source,
            unnest($3::double[]) as effect_before_lead,
            unnest($4::double[]) as effect_after_lead,
            unnest($5::double[]) as factor
        """,
        params=[[row[column] for row in rows] for column in range(5)],
    )


def _trials(rows, conversion_type, catalogue):
    chosen = np.flatnonzero(rows["conversion_type"] == conversion_type)
    return Trials(
        first_source=np.searchsorted(catalogue, rows["first_source"][chosen].astype(str)),
        sources=source_sets(rows["source_set"][chosen], len(catalogue)),
        trials=rows["trials"][chosen].astype(float),
        conversions=rows["conversions"][chosen].astype(float),
    )


def _paths(rows, conversion_type, catalogue):
    chosen = np.flatnonzero(rows["conversion_type"] == conversion_type)
    return Paths(
        first_source=np.searchsorted(catalogue, rows["first_source"][chosen].astype(str)),
        before=source_sets(rows["set_before_lead"][chosen], len(catalogue)),
        after=source_sets(rows["set_after_lead"][chosen], len(catalogue)),
        conversions=rows["conversions"][chosen].astype(float),
    )
