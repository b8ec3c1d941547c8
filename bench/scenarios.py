"""What the benchmark of attribution measures: one function a scenario."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

from bench import company, credits, markov
from orchestration.config.settings import PROJECT_DIR, Settings, read_settings
from orchestration.transform.manifest import dbt_vars_arguments, rules_fingerprint

INCREMENT = 70_000
NO_TESTS = ("--exclude", "resource_type:test", "resource_type:unit_test")
# With the view of all touches, which the compared scenarios read, and every incremental model, without one of which a
# run is a full refresh.
EVERYTHING = (
    *("--select", "+attribution_daily", "fct_attribution", "int_touchpoints", "+config.materialized:incremental"),
    *NO_TESTS,
)
# The models between touches and conversions and the fact, without the removal effects.
CREDITS_STEP = (
    *("--select", "int_path_touchpoints", "int_path_roles", "int_rule_credits"),
    *("int_attribution_credits", "int_data_driven_credits", "fct_attribution"),
    *NO_TESTS,
)
MARKOV_STEP = ("--select", "int_markov_steps", "int_markov_transitions", "int_markov_effects", *NO_TESTS)

Figures = dict[str, float]


def generate(home: Path, touches: int) -> Figures:
    """Generates the raw files."""
    company.write_company(home, company.Size(touches, INCREMENT))
    return {}


def full_refresh(home: Path, touches: int) -> Figures:
    """All models from raw to attribution_daily, in a new warehouse."""
    company.remove_increment(home)
    for path in Settings(home).warehouse.parent.glob("*"):
        path.unlink()
    return dbt(home, *EVERYTHING, "--full-refresh")


def incremental_run(home: Path, touches: int) -> Figures:
    """The same models, after one more day of data."""
    company.add_increment(home)
    return dbt(home, *EVERYTHING)


def sort_and_write(home: Path, touches: int) -> Figures:
    """DuckDB reads the same sessions, sorts them by person and writes them."""
    sessions = f"read_parquet('{home}/raw/standard/web_sessions/*.parquet', union_by_name = true)"
    target = home / "sorted.parquet"
    with database(home) as connection:
        connection.execute(
            f"copy (select * from {sessions} order by anonymous_id, started_at) to '{target}' (format parquet)"
        )
    target.unlink()
    return {}


def credits_step(home: Path, touches: int) -> Figures:
    """The models from touches and conversions to the fact; `step_seconds` excludes the start of dbt."""
    return dbt(home, *CREDITS_STEP, "--full-refresh")


def credits_sql(home: Path, touches: int) -> Figures:
    """One query on the same tables, written by hand, into a DuckDB table."""
    path = home / "credits.duckdb"
    path.unlink(missing_ok=True)
    with database(home, path) as connection:
        connection.execute(f"attach '{Settings(home).warehouse}' as warehouse (read_only)")
        connection.execute(f"create table credits as {credits.sql(Settings(home))}")
    return {}


def credits_polars(home: Path, touches: int) -> Figures:
    """The same in polars, from Parquet to Parquet."""
    from bench import credits_polars

    credits_polars.write(Settings(home), home / "polars", home / "credits.parquet")
    return {}


def markov_models(order: int) -> Callable[[Path, int], Figures]:
    """The models that aggregate paths and solve the Markov chain."""
    return lambda home, touches: dbt(home, *MARKOV_STEP, "--full-refresh", markov_order=order)


def markov_peer(order: int) -> Callable[[Path, int], Figures]:
    """From the same touches to the same effects, by ChannelAttribution."""
    return lambda home, touches: markov.run_peer(Settings(home), order, home / f"peer_{order}.parquet")


SCENARIOS: dict[str, Callable[[Path, int], Figures]] = {
    "generate": generate,
    "full_refresh": full_refresh,
    "incremental_run": incremental_run,
    "sort_and_write": sort_and_write,
    "credits_step": credits_step,
    "credits_sql": credits_sql,
    "credits_polars": credits_polars,
    **{f"markov_{order}": markov_models(order) for order in markov.ORDERS},
    **{f"markov_{order}_peer": markov_peer(order) for order in markov.ORDERS},
}


def dbt(home: Path, *arguments: str, **dbt_vars: Any) -> Figures:
    """One `dbt build`. `step_seconds`: from the first model's start to the last one's end."""
    from dbt.cli.main import dbtRunner

    # At this size removal effects are estimated once a week (var markov_refresh_days).
    settings = replace(read_settings(), home=home, dbt_vars={"markov_refresh_days": 7} | dbt_vars)
    if settings.is_spark:
        from orchestration.transform.spark_adapter import register

        register()
    os.environ.update(settings.environment, LSW_FINGERPRINT=rules_fingerprint(settings))
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    folders = ["--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)]
    folders += ["--target-path", str(settings.dbt), "--log-path", str(settings.dbt)]
    command = ["--quiet", "--no-use-colors", "build", *arguments, *folders, *dbt_vars_arguments(settings)]
    with contextlib.redirect_stdout(sys.stderr), largest(settings.warehouse.parent, "*.tmp/**/*") as spilled:
        done = dbtRunner().invoke(command)
    if not done.success:
        raise RuntimeError(f"dbt failed: {done.exception or [r.message for r in done.result if r.status != 'success']}")
    spans = [span for result in done.result for span in result.timing if span.name == "execute"]
    first, last = min(span.started_at for span in spans), max(span.completed_at for span in spans)
    slowest = sorted(((r.execution_time, r.node.name) for r in done.result), reverse=True)[:5]
    print("slowest:", ", ".join(f"{name} {seconds:.1f} s" for seconds, name in slowest), file=sys.stderr)
    return {"step_seconds": (last - first).total_seconds(), "spilled_mb": spilled[0] / 2**20}


@contextlib.contextmanager
def largest(folder: Path, pattern: str) -> Iterator[list[int]]:
    """Watches the files of a folder; the item is the largest total size in bytes."""
    most, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            with contextlib.suppress(FileNotFoundError):
                most[0] = max(most[0], sum(path.stat().st_size for path in folder.glob(pattern)))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield most
    over.set()
    thread.join()


def database(home: Path, path: Path | str = ":memory:") -> duckdb.DuckDBPyConnection:
    """DuckDB with the settings that dbt gives it."""
    text = jinja2.Template((PROJECT_DIR / "profiles.yml").read_text())
    profile = yaml.safe_load(text.render(env_var=lambda name, default="": os.environ.get(name, default)))
    output = profile["lead_source_warehouse"]["outputs"]["duckdb"]
    connection = duckdb.connect(str(path), config=output.get("config_options", {}))
    for setting, value in {"temp_directory": str(home / "spill"), **output.get("settings", {})}.items():
        connection.execute(f"set {setting} = '{value}'")
    return connection
