"""What Spark's own UI says about the stages of a run: task seconds, rows, and the volume of every exchange."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bench.scenarios import Figures

if TYPE_CHECKING:
    from tests.engines.spark_cluster import SparkCluster

Stages = list[dict[str, Any]]
WRITTEN = re.compile(
    r"\s*(?:create (?:or replace )?table|insert (?:overwrite|into)(?: table)?)\s+`?([\w.`]+)", re.IGNORECASE
)
# A table under this share of a run's task seconds and shuffled bytes is left out.
SMALL = 0.01


def new_stages(cluster: "SparkCluster", seen: set[int]) -> Stages:
    """The completed stages that are not in `seen`, which they are added to."""
    stages = [stage for stage in cluster.ui("stages?status=complete") if stage["stageId"] not in seen]
    seen.update(stage["stageId"] for stage in stages)
    return stages


def figures_of(stages: Iterable[dict[str, Any]]) -> Figures:
    """Sums over stages: seconds of tasks (with waiting, and of CPU), rows and megabytes; and the largest exchange."""
    sums = {
        "task_seconds": ("executorRunTime", 1000),
        "task_cpu_seconds": ("executorCpuTime", 10**9),
        "shuffle_rows": ("shuffleWriteRecords", 1),
        "shuffle_mb": ("shuffleWriteBytes", 2**20),
        "spilled_mb": ("diskBytesSpilled", 2**20),
        "output_rows": ("outputRecords", 1),
        "output_mb": ("outputBytes", 2**20),
    }
    stages = list(stages)
    figures = {figure: round(sum(stage[name] for stage in stages) / unit, 2) for figure, (name, unit) in sums.items()}
    return figures | {"largest_exchange_mb": round(max(stage["shuffleWriteBytes"] for stage in stages) / 2**20, 2)}


def tables_of(stages: Stages) -> dict[str, Figures]:
    """The figures of each table that statements wrote, those with most task seconds first, without the small ones."""
    by_table: dict[str, Stages] = {}
    for stage in stages:
        found = WRITTEN.match(stage.get("description") or "")
        by_table.setdefault(found[1].replace("`", "") if found else "other", []).append(stage)
    whole = figures_of(stages)
    figures = {table: figures_of(its) for table, its in by_table.items()}
    return {
        table: its
        for table, its in sorted(figures.items(), key=lambda item: -item[1]["task_seconds"])
        if any(its[name] > SMALL * whole[name] for name in ("task_seconds", "shuffle_mb"))
    }
