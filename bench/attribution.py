"""Time and memory of attribution by size: the dbt models against hand-written SQL and other packages.

    python -m bench.attribution [--touches 1000000 10000000 50000000] [--repeat 3] [--home /tmp/bench-home] [--write]

Each scenario runs in its own process, once per repetition; figures are medians. `--home` keeps the generated company
for the next benchmark. Scenarios whose package or model is missing are skipped with a message. `--write` updates the
measured sizes in bench/results.json.
"""

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml
from rich.console import Console
from rich.table import Table

from bench import company, credits, markov
from bench.loader import peak_mb
from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.transform.manifest import dbt_vars_arguments, rules_fingerprint

RESULTS = Path(__file__).with_name("results.json")
INCREMENT = 70_000
# Above this, ChannelAttribution needs more memory than a laptop has.
LARGEST_MARKOV = 10_000_000
# ChannelAttribution simulates until its figures converge. When stopped here, its time is a lower bound.
PEER_LIMIT_SECONDS = 120
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
    credits.write_with_polars(Settings(home), home / "polars", home / "credits.parquet")
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
    settings = Settings(home, {"markov_refresh_days": 7} | dbt_vars)
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


def run(scenario: str, home: Path, touches: int) -> None:
    """Runs one scenario and prints its figures as JSON, without the start of the process."""
    start = time.perf_counter()
    more = SCENARIOS[scenario](home, touches)
    seconds = time.perf_counter() - start
    figures = {"seconds": seconds, "cpu_seconds": time.process_time(), "peak_mb": peak_mb()} | more
    print(json.dumps({figure: round(value, 9 if "difference" in figure else 2) for figure, value in figures.items()}))


def measure(scenario: str, home: Path, touches: int) -> Figures:
    """Figures of one scenario, in its own process."""
    print(f"{touches:,} {scenario} ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "bench.attribution", "--run", scenario]
    command += ["--home", str(home), "--touches", str(touches)]
    limit = PEER_LIMIT_SECONDS if scenario.endswith("_peer") else None
    try:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        print(f"    stopped after {limit} s", file=sys.stderr, flush=True)
        return {"seconds": PEER_LIMIT_SECONDS}
    print(f"    {done.stdout.strip()}", file=sys.stderr, flush=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure_size(home: Path, touches: int, repeat: int) -> dict[str, Figures]:
    """Medians of all scenarios at one size."""
    results: dict[str, list[Figures]] = {}

    def take(scenario: str) -> None:
        results.setdefault(scenario, []).append(measure(scenario, home, touches))

    made = home / "made.json"
    inputs = {"touches": touches, "increment": INCREMENT, "generator": Path(company.__file__).read_text()}
    if not made.exists() or json.loads(made.read_text()) != inputs:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        take("generate")
        made.write_text(json.dumps(inputs))
    for _ in range(repeat):
        for scenario in ("full_refresh", "sort_and_write", "incremental_run", "credits_sql"):
            take(scenario)
        results["credits_sql"][-1] |= difference(home, f"attach '{home / 'credits.duckdb'}' as other", "other.credits")
        if available("polars"):
            credits.copy_tables(Settings(home), home / "polars")
            take("credits_polars")
            other = f"read_parquet('{home / 'credits.parquet'}')"
            results["credits_polars"][-1] |= difference(home, "select 1", other)
        take("credits_step")
        if touches <= LARGEST_MARKOV and markov.models_exist():
            for order in markov.ORDERS:
                take(f"markov_{order}")
                if available("ChannelAttribution"):
                    peer = home / f"peer_{order}.parquet"
                    peer.unlink(missing_ok=True)
                    take(f"markov_{order}_peer")
                    if peer.exists():
                        results[f"markov_{order}_peer"][-1]["share_difference"] = markov.difference(
                            Settings(home), peer
                        )
    return {scenario: medians(runs) for scenario, runs in results.items()}


def difference(home: Path, prepare: str, other: str) -> Figures:
    """Largest difference of another scenario's credits from the fact's. Raises ValueError above the tolerance."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{Settings(home).warehouse}' as warehouse (read_only)")
        connection.execute(prepare)
        return {"credit_difference": credits.difference(connection, Settings(home), other)}


def available(package: str) -> bool:
    """Whether an optional package is installed; prints a message if not."""
    if find_spec(package) is None:
        print(f"{package} is not installed (make bench installs requirements-bench.lock): skipped", file=sys.stderr)
    return find_spec(package) is not None


def medians(runs: list[Figures]) -> Figures:
    """The median of each figure."""
    shared = [figure for figure in runs[0] if all(figure in run for run in runs)]
    return {figure: round(statistics.median(run[figure] for run in runs), 9) for figure in shared}


def targets(sizes: dict[int, dict[str, Figures]]) -> list[dict[str, Any]]:
    """Targets and measured figures; `at` is the size that a target applies to."""
    found = []

    def compare(touches: int, target: str, at: int, figure: float, most: float) -> None:
        found.append(
            {"touches": touches, "target": target, "at": at, "figure": round(figure, 3), "most": most}
            | {"reached": figure <= most}
        )

    for touches, scenarios in sizes.items():
        seconds = {scenario: figures.get("step_seconds", figures["seconds"]) for scenario, figures in scenarios.items()}
        full = scenarios["full_refresh"]["seconds"]
        compare(touches, "credits step / SQL by hand", 50_000_000, seconds["credits_step"] / seconds["credits_sql"], 2)
        if "credits_polars" in scenarios:
            polars = seconds["credits_step"] / seconds["credits_polars"]
            compare(touches, "credits step / polars", 50_000_000, polars, 1)
        compare(touches, "full refresh / sort and write", 50_000_000, full / seconds["sort_and_write"], 8)
        compare(touches, "full refresh, peak MB", 50_000_000, scenarios["full_refresh"]["peak_mb"], 6000)
        compare(
            touches, "incremental run / full refresh", 50_000_000, scenarios["incremental_run"]["seconds"] / full, 0.05
        )
        for order in markov.ORDERS:
            if f"markov_{order}_peer" in scenarios:
                ratio = seconds[f"markov_{order}"] / seconds[f"markov_{order}_peer"]
                compare(touches, f"Markov order {order} / ChannelAttribution", LARGEST_MARKOV, ratio, 0.25)
    if {10_000_000, 50_000_000} <= set(sizes):
        growth = sizes[50_000_000]["full_refresh"]["seconds"] / sizes[10_000_000]["full_refresh"]["seconds"]
        compare(50_000_000, "full refresh at 50M / at 10M", 50_000_000, growth, 6)
    return found


def machine() -> dict[str, Any]:
    """Machine and versions of the measurement."""
    packages = {}
    for package in ("duckdb", "dbt-core", "dbt-duckdb", "polars", "ChannelAttribution"):
        with contextlib.suppress(PackageNotFoundError):
            packages[package] = version(package)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    facts = {"cores": os.cpu_count(), "memory_gb": round(memory / 2**30, 1), "python": platform.python_version()}
    return facts | {"machine": platform.machine(), "load_at_start": round(os.getloadavg()[0], 1), "versions": packages}


def show(sizes: dict[int, dict[str, Figures]], found: list[dict[str, Any]]) -> None:
    """Prints two tables: figures per scenario, and targets."""
    console = Console()
    figures = (
        "seconds",
        "step_seconds",
        "own_seconds",
        "cpu_seconds",
        "peak_mb",
        "spilled_mb",
        "credit_difference",
        "share_difference",
    )
    scenarios = Table("touches", "scenario", *figures, title="Medians")
    for touches, results in sizes.items():
        for scenario, result in results.items():
            scenarios.add_row(f"{touches:,}", scenario, *(f"{result[f]:g}" if f in result else "" for f in figures))
    console.print(scenarios)
    ratios = Table("touches", "target", "set for", "at most", "measured", "reached", title="Targets")
    for row in found:
        measured = (f"{row['at']:,}", f"{row['most']:g}", f"{row['figure']:g}", "yes" if row["reached"] else "NO")
        ratios.add_row(f"{row['touches']:,}", row["target"], *measured)
    console.print(ratios)


def write(facts: dict[str, Any], sizes: dict[int, dict[str, Figures]]) -> None:
    """Updates the measured sizes in bench/results.json; other sizes stay."""
    before = json.loads(RESULTS.read_text())["scenarios"] if RESULTS.exists() else {}
    scenarios = {int(touches): figures for touches, figures in before.items()} | sizes
    results = {"machine": facts, "scenarios": scenarios, "targets": targets(scenarios)}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, nargs="+", default=[10_000_000])
    parser.add_argument("--repeat", type=int, help="default: 3, and 1 from 50 million touches")
    parser.add_argument("--home", type=Path, help="a folder that keeps the generated companies")
    parser.add_argument("--write", action="store_true", help="write bench/results.json")
    parser.add_argument("--run", choices=SCENARIOS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        return run(arguments.run, arguments.home, arguments.touches[0])
    facts = machine()
    sizes = {}
    with contextlib.ExitStack() as stack:
        home = arguments.home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for touches in sorted(arguments.touches):
            repeat = arguments.repeat or (3 if touches < 50_000_000 else 1)
            sizes[touches] = measure_size(home.absolute() / str(touches), touches, repeat)
    found = targets(sizes)
    show(sizes, found)
    if arguments.write:
        write(facts, sizes)


if __name__ == "__main__":
    main()
