"""Time and memory of attribution by size: the dbt models against hand-written SQL and other packages.

    python -m bench.attribution [--touches 1000000 10000000 50000000] [--repeat 3] [--home /tmp/bench-home] [--write]

Each scenario runs in its own process, once per repetition; figures are medians. `--home` keeps the generated company
for the next benchmark. Scenarios whose package or model is missing are skipped with a message. `--write` updates the
measured sizes in bench/results.json.
"""

import argparse
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from bench import credits, markov
from bench.loader import peak_mb
from bench.report import machine, show, targets, write
from bench.scenarios import INCREMENT, SCENARIOS, Figures
from orchestration.config.settings import Settings

# ChannelAttribution simulates until its figures converge. When stopped here, its time is a lower bound.
PEER_LIMIT_SECONDS = 120


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


def generate(home: Path, touches: int) -> Figures | None:
    """Generates the company, and returns the figures of that; where it is there already does nothing."""
    made = home / "made.json"
    generator = "".join(path.read_text() for path in sorted(Path(__file__).parent.glob("company*.py")))
    inputs = {"touches": touches, "increment": INCREMENT, "generator": generator}
    if made.exists() and json.loads(made.read_text()) == inputs:
        return None
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    figures = measure("generate", home, touches)
    made.write_text(json.dumps(inputs))
    return figures


def measure_size(home: Path, touches: int, repeat: int) -> dict[str, Figures]:
    """Medians of all scenarios at one size."""
    results: dict[str, list[Figures]] = {}

    def take(scenario: str) -> None:
        results.setdefault(scenario, []).append(measure(scenario, home, touches))

    if made := generate(home, touches):
        results["generate"] = [made]
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
        if touches <= markov.LARGEST and markov.models_exist():
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

        def fetch(query: str) -> list[Any]:
            return connection.execute(query).fetchall()

        return {"credit_difference": credits.difference(fetch, Settings(home), other)}


def available(package: str) -> bool:
    """Whether an optional package is installed; prints a message if not."""
    if find_spec(package) is None:
        print(f"{package} is not installed (make bench installs requirements-bench.lock): skipped", file=sys.stderr)
    return find_spec(package) is not None


def medians(runs: list[Figures]) -> Figures:
    """The median of each figure."""
    shared = [figure for figure in runs[0] if all(figure in run for run in runs)]
    return {figure: round(statistics.median(run[figure] for run in runs), 9) for figure in shared}


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
