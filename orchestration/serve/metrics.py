"""The metrics of dbt_project/models/metrics on the release, by MetricFlow.

MetricFlow reads a dbt project; what it needs of one (the parsed metrics and a connection) is written to `query/` under
LSW_HOME, so that it neither waits for a running build nor changes the release.
"""

import logging
import math
import shutil
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from orchestration.config.settings import Settings
from orchestration.transform.manifest import current_manifest

if TYPE_CHECKING:
    from metricflow.engine.metricflow_engine import MetricFlowEngine

PROJECT = {"name": "lead_source_warehouse", "version": "1.0.0", "profile": "release", "model-paths": ["models"]}


class NothingReleasedError(RuntimeError):
    """There is no release to ask."""


def write_project(settings: Settings) -> Path:
    """The folder of a dbt project that reads the release. Raises DbtParseError, NothingReleasedError."""
    if not settings.published_warehouse.exists():
        raise NothingReleasedError("nothing is released yet: run `make nightly`")
    manifest = current_manifest(settings).with_name("semantic_manifest.json")
    folder = settings.home / "query"
    (folder / "target").mkdir(parents=True, exist_ok=True)
    shutil.copy(manifest, folder / "target")
    release = {
        "type": "duckdb",
        # Not the symlink: an answer comes from one release, even while the next one goes out.
        "path": str(settings.published_warehouse.resolve()),
        "schema": "marts",
        "config_options": {"access_mode": "read_only"},
        "settings": {"TimeZone": "UTC", "enable_external_access": False},
    }
    profiles = {"release": {"target": "release", "outputs": {"release": release}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(PROJECT))
    return folder


def open_engine(settings: Settings) -> "MetricFlowEngine":
    """MetricFlow on the current release. Closes one opened before. Raises DbtParseError, NothingReleasedError."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration

    folder = write_project(settings)
    DuckDBConnectionManager.close_all_connections()
    configuration = CLIConfiguration()
    configuration.setup(folder, folder, configure_file_logging=False)
    # It logs every plan that it makes.
    for name in ("metricflow", "metricflow_semantics", "dbt_metricflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return configuration.mf


def query(
    engine: "MetricFlowEngine",
    metrics: Sequence[str],
    group_by: Sequence[str] = (),
    where: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Rows of metrics by dimensions, both as MetricFlow names them; both dates are included. Raises its errors."""
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    request = MetricFlowQueryRequest.create(
        metric_names=list(metrics),
        group_by_names=list(group_by),
        where_constraints=list(where),
        time_constraint_start=datetime.combine(since, time.min) if since else None,
        time_constraint_end=datetime.combine(until, time.min) if until else None,
        order_by_names=[*group_by],
        limit=limit,
    )
    table = engine.query(request).result_df
    if table is None:
        return []
    names = [column.column_name for column in table.column_descriptions]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def share_interval(successes: float, trials: float, z: float) -> tuple[float, float] | None:
    """The Wilson interval of a share, as macro `wilson` has it; none without trials."""
    if not trials:
        return None
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    reach = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return round(max((middle - reach) / scale, 0), 12), round(min((middle + reach) / scale, 1), 12)


def cost_interval(cost: float, count: float, z: float, maturity: float = 1) -> tuple[float | None, float | None]:
    """The interval of a cost per something counted, as macro `cost_per` has it; of a count of 0, the low end alone.

    Of a spend that has matured to a share of it, as macro `matured_cost_end` has it.
    """
    high_count = count + z * z / 2 + z * math.sqrt(count + z * z / 4)
    if not count:
        return (None, cost / high_count * maturity) if cost < 0 else (cost / high_count * maturity, None)
    factor = math.exp(math.hypot(math.log(high_count / count), math.log(maturity)))
    ends = (cost / count / factor, cost / count * factor)
    return (min(ends), max(ends))
