"""Rows per second and peak memory of the loader, against DuckDB copying the same CSV as text into Parquet.

    python -m bench.loader [--rows 5000000] [--fault none value structure] [--write]

`value` breaks a few values, `structure` the number of fields of a few rows (the baseline then ignores errors).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from orchestration.config.settings import Settings
from orchestration.ingest.contract import CONTRACTS_DIR, load_contract
from orchestration.ingest.loader import MEMORY_LIMIT, load_entity

CONTRACT = load_contract(CONTRACTS_DIR / "standard" / "web_sessions.yml")
FAULTS = {
    "none": "false then ''",
    "value": "i % 1000000 = 77 then 'not a moment'",
    "structure": "i % 1000000 = 77 then '2024-01-01,surplus'",
}


def write_sessions(path: Path, rows: int, fault: str) -> None:
    """A CSV of web sessions, about 125 bytes a row."""
    columns = f"""'s' || i,
        case when {FAULTS[fault]} else strftime(to_timestamp(1704067200 + i % 31536000), '%Y-%m-%dT%XZ') end,
        'a' || i % 400000,
        case when i % 5 = 0 then 'u' || i % 1000 else '' end,
        case when i % 9 = 0 then 'p' || i % 1000 || '@example.com' else '' end,
        'https://www.example.com/landing/page-' || i % 500 || '?x=' || i,
        case when i % 2 = 0 then 'https://www.google.com/search?q=' || i % 77 else '' end,
        case when i % 3 = 0 then 'google' else '' end,
        case when i % 3 = 0 then 'cpc' else '' end,
        case when i % 3 = 0 then 'campaign ' || i % 50 else '' end, '', '', '', 'DE'"""
    lines = f"select concat_ws(',', {columns}) from range({rows}) as rows (i)"
    header = ",".join(CONTRACT.column_names)
    options = "format csv, header false, quote '', escape '', delimiter '\x1f'"
    duckdb.execute(f"copy (select '{header}' union all {lines}) to '{path}' ({options})")


def baseline(home: Path) -> None:
    """DuckDB only: the same file as text into Parquet, with the loader's memory limit."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in CONTRACT.column_names)
    options = f"columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"'"
    connection = duckdb.connect(config={"memory_limit": MEMORY_LIMIT})
    source = f"read_csv('{_csv(home)}', {options}, ignore_errors = true)"
    connection.execute(f"copy (select * from {source}) to '{home / 'baseline.parquet'}' (format parquet)")


def loader(home: Path) -> None:
    """The loader in a new home."""
    report = load_entity(Settings(home=home), CONTRACT)
    print(report.loaded[0].rows_accepted, report.loaded[0].rows_rejected, report.reasons[:2], file=sys.stderr)


SCENARIOS = {"baseline": baseline, "loader": loader}


def measure(home: Path, scenario: str, rows: int) -> dict[str, float]:
    """Seconds, rows per second and peak MB of one scenario, in its own process. Use CPU seconds on a busy machine."""
    command = [sys.executable, "-m", "bench.loader", "--run", scenario, "--home", str(home)]
    result = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return result | {"rows_per_second": round(rows / result["seconds"])}


def run(home: Path, scenario: str) -> None:
    """Runs one scenario and prints its figures as JSON, without the start of the process."""
    start = time.perf_counter()
    SCENARIOS[scenario](home)
    seconds = time.perf_counter() - start
    peak = peak_mb()
    figures = {"seconds": seconds, "cpu_seconds": time.process_time(), "peak_mb": peak}
    print(json.dumps({figure: round(value, 1) for figure, value in figures.items()}))


def peak_mb() -> float:
    """Peak memory of this process. getrusage would include the parent's memory at the fork."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def compare(rows: int, fault: str) -> dict[str, Any]:
    """Both scenarios on the same file."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _csv(home).parent.mkdir(parents=True)
        write_sessions(_csv(home), rows, fault)
        results = {scenario: measure(home, scenario, rows) for scenario in SCENARIOS}
    ratio = results["loader"]["rows_per_second"] / results["baseline"]["rows_per_second"]
    return {"rows": rows, "fault": fault, "ratio": round(ratio, 2)} | results


def main() -> None:
    """Generate, measure both, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--fault", choices=FAULTS, nargs="+", default=["none", "value"])
    parser.add_argument("--write", action="store_true", help="write bench/results_loader.json")
    parser.add_argument("--run", choices=SCENARIOS, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        return run(arguments.home, arguments.run)
    summaries = [compare(arguments.rows, fault) for fault in arguments.fault]
    print(json.dumps(summaries, indent=2))
    if arguments.write:
        Path(__file__).with_name("results_loader.json").write_text(json.dumps(summaries, indent=2) + "\n")


def _csv(home: Path) -> Path:
    return home / "landing" / "standard" / "web_sessions" / "sessions.csv"


if __name__ == "__main__":
    main()
