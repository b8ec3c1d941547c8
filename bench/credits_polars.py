"""The rule models written by hand in polars, from Parquet to Parquet."""

import time
from pathlib import Path

import polars as pl

from bench.credits import MILESTONES, TABLES, RuleModel, rule_models
from orchestration.config.settings import Settings


def write(settings: Settings, folder: Path, target: Path) -> dict[str, float]:
    """The fact as a Parquet file; `step_seconds` is without the import of polars."""
    start = time.perf_counter()
    models = rule_models(settings)
    touches, conversions, persons = (pl.scan_parquet(folder / f"{table}.parquet") for table in TABLES)
    key = ["conversion_id", "is_direct"]
    keeps_direct = settings.var("direct_touch_policy") == "keep"
    moments = ["window_starts_at", "conversion_at", *MILESTONES.values()]
    windows = persons.join(conversions.select("conversion_id", *moments), on="conversion_id")
    age_days = (pl.col("conversion_at") - pl.col("occurred_at")).dt.total_microseconds() / 86400e6
    in_window = (
        touches.join(windows, on="person_id")
        .filter(pl.col("occurred_at").is_between("window_starts_at", "conversion_at"))
        .select(
            *("conversion_id", "touchpoint_id", "source", "campaign", "occurred_at", *MILESTONES.values()),
            pl.lit(False).alias("is_direct") if keeps_direct else pl.col("is_direct"),
            pl.lit(0.5).pow(age_days / settings.var("time_decay_half_life_days")).alias("decay"),
        )
        .sort("occurred_at", "touchpoint_id")
        .with_row_index("place")
        .collect(engine="streaming")
        .lazy()
    )
    place = pl.col("place")
    milestones = [
        place.filter(pl.col("occurred_at") <= pl.col(moment)).max().alias(role) for role, moment in MILESTONES.items()
    ]
    groups = in_window.group_by(key).agg(
        pl.len().cast(pl.Int64).alias("touches"),
        pl.col("decay").sum().alias("decay_sum"),
        place.min().alias("first"),
        place.max().alias("last"),
        *milestones,
    )
    others = groups.filter(~pl.col("is_direct")).select("conversion_id")
    paths = pl.concat(
        [
            groups.filter(~pl.col("is_direct")),
            groups.filter("is_direct").join(others, on="conversion_id", how="anti"),
        ]
    )
    facts = conversions.select("conversion_id", "conversion_type", "conversion_at", "value", "crm_source")
    columns = ["conversion_id", "touchpoint_id", "conversion_type", "conversion_at", "source", "campaign", "value"]
    names = [f"credit_{model.name}" for model in models]
    credited = (
        in_window.join(paths, on=key)
        .with_columns(*(_credit(model) for model in models))
        .with_columns((pl.col("decay") / pl.col("decay_sum")).alias("credit_time_decay"))
        .join(facts, on="conversion_id")
        .select(*columns, *names, "credit_time_decay")
    )
    untouched = (
        facts.join(paths, on="conversion_id", how="anti")
        .with_columns(
            ("crm:" + pl.col("conversion_id")).alias("touchpoint_id"),
            pl.col("crm_source").alias("source"),
            pl.lit(None, dtype=pl.String).alias("campaign"),
            *(pl.lit(1.0).alias(name) for name in [*names, "credit_time_decay"]),
        )
        .select(*columns, *names, "credit_time_decay")
    )
    pl.concat([credited, untouched]).sink_parquet(target, engine="streaming")
    return {"step_seconds": time.perf_counter() - start}


def _credit(model: RuleModel) -> pl.Expr:
    roles = list(model.weights)
    own, role_weight, held = pl.lit(0.0), pl.lit(0.0), pl.lit(0)
    for at, role in enumerate(roles):
        weight = model.weights[role]
        own += (pl.col("place") == pl.col(role)).fill_null(False).cast(pl.Float64) * weight
        role_weight += pl.col(role).is_not_null().cast(pl.Float64) * weight
        is_new = pl.col(role).is_not_null()
        for other in roles[:at]:
            is_new &= pl.col(role).ne_missing(pl.col(other))
        held += is_new.cast(pl.Int64)
    middle_count = pl.col("touches") - held
    total = role_weight + (middle_count > 0).cast(pl.Float64) * model.middle
    return (
        pl.when(total == 0)
        .then(1.0 / pl.col("touches"))
        .when(own > 0)
        .then(own / total)
        .when(middle_count > 0)
        .then(model.middle / middle_count / total)
        .otherwise(0.0)
        .alias(f"credit_{model.name}")
    )
