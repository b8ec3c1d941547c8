"""The figures of the benchmark on Spark: as tables, and as the section `spark` of bench/results.json."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.report import RESULTS
from bench.scenarios import Figures

# Workers -> touches -> scenario -> figures.
Results = dict[int, dict[int, dict[str, Figures]]]
SHOWN = ("seconds", "step_seconds", "task_seconds", "shuffle_rows", "shuffle_mb", "spilled_mb", "cluster_peak_mb")
PER_TABLE = ("task_seconds", "shuffle_rows", "shuffle_mb", "spilled_mb", "output_rows", "output_mb")


def growth(results: Results) -> list[dict[str, Any]]:
    """How many times as long a scenario takes with more touches, and with more workers."""
    found = []
    flat = {(workers, touches): runs for workers, sizes in results.items() for touches, runs in sizes.items()}
    for (workers, touches), runs in flat.items():
        for (other_workers, other_touches), more in flat.items():
            more_touches = other_workers == workers and other_touches > touches
            more_workers = other_touches == touches and other_workers > workers
            if more_touches or more_workers:
                places = {"workers": [workers, other_workers], "touches": [touches, other_touches]}
                times = {
                    scenario: round(seconds(more[scenario]) / seconds(figures), 3)
                    for scenario, figures in runs.items()
                    if "seconds" in figures and "seconds" in more.get(scenario, {})
                }
                found.append(places | {"times": times})
    return found


def seconds(figures: Figures) -> float:
    """Without the start of dbt."""
    return figures.get("step_seconds", figures["seconds"])


def show(results: Results, tables: dict[int, dict[str, Figures]], found: list[dict[str, Any]]) -> None:
    """Prints the figures per scenario, those per table, and how they grow."""
    console = Console()
    scenarios = Table("workers", "touches", "scenario", *SHOWN, title="Spark")
    for workers, sizes in results.items():
        for touches, runs in sizes.items():
            for scenario, its in runs.items():
                shown = (f"{its[figure]:,.0f}" if figure in its else "" for figure in SHOWN)
                scenarios.add_row(str(workers), f"{touches:,}", scenario, *shown)
    console.print(scenarios)
    written = Table("touches", "table", *PER_TABLE, title="Tables of the full refresh")
    for touches, by_table in tables.items():
        for table, its in by_table.items():
            written.add_row(f"{touches:,}", table, *(f"{its[figure]:,.0f}" for figure in PER_TABLE))
    console.print(written)
    growths = Table("workers", "touches", "times as long", title="Growth")
    for row in found:
        places = (" -> ".join(f"{value:,}" for value in dict.fromkeys(row[name])) for name in ("workers", "touches"))
        growths.add_row(*places, ", ".join(f"{scenario} {times:g}" for scenario, times in row["times"].items()))
    console.print(growths)


def write(facts: dict[str, Any], results: Results, tables: dict[int, dict[str, Figures]]) -> None:
    """Updates the measured workers and sizes; others stay."""
    whole = json.loads(RESULTS.read_text())
    before = whole.get("spark", {})
    merged: Results = {
        int(workers): {int(touches): runs for touches, runs in sizes.items()}
        for workers, sizes in before.get("workers", {}).items()
    }
    for workers, sizes in results.items():
        merged[workers] = dict(sorted((merged.get(workers, {}) | sizes).items()))
    merged = dict(sorted(merged.items()))
    all_tables = {int(touches): its for touches, its in before.get("tables", {}).items()} | tables
    whole["spark"] = {"machine": facts, "workers": merged, "tables": all_tables, "growth": growth(merged)}
    RESULTS.write_text(json.dumps(whole, indent=2) + "\n")
