"""The figures of the benchmark of attribution: against their targets, as tables and as bench/results.json."""

import contextlib
import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import markov
from bench.scenarios import Figures

RESULTS = Path(__file__).with_name("results.json")


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
                compare(touches, f"Markov order {order} / ChannelAttribution", markov.LARGEST, ratio, 0.25)
    if {10_000_000, 50_000_000} <= set(sizes):
        growth = sizes[50_000_000]["full_refresh"]["seconds"] / sizes[10_000_000]["full_refresh"]["seconds"]
        compare(50_000_000, "full refresh at 50M / at 10M", 50_000_000, growth, 6)
    return found


def machine() -> dict[str, Any]:
    """Machine and versions of the measurement."""
    packages = {}
    for package in ("duckdb", "dbt-core", "dbt-duckdb", "polars", "ChannelAttribution", "dbt-spark", "pyspark"):
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
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    scenarios = {int(touches): figures for touches, figures in before.get("scenarios", {}).items()} | sizes
    results = before | {"machine": facts, "scenarios": scenarios, "targets": targets(scenarios)}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
