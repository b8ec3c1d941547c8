"""What a full refresh on Spark needs at a size that nobody measured, from the largest one in bench/results.json.

    python -m bench.plan [--touches 10000000000] [--cores 512]

Rows, bytes and task seconds are multiplied by the ratio of the touches. docs/scale.md says what does not grow so.
"""

import argparse
import json
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.report import RESULTS

# Of a file of a table, and of a partition of an exchange: compressed, in MB.
FILE_MB, PARTITION_MB = 512, 128


def plan(tables: dict[str, dict[str, float]], times: float) -> list[dict[str, Any]]:
    """What each table takes: gigabytes written and files, gigabytes exchanged and partitions, core-hours of CPU."""
    return [
        {
            "table": table,
            "million rows": its["output_rows"] * times / 1e6,
            "bytes a row": its["output_mb"] * 2**20 / its["output_rows"] if its["output_rows"] else 0,
            "GB": its["output_mb"] * times / 1024,
            "files": its["output_mb"] * times / FILE_MB,
            "exchanged GB": its["shuffle_mb"] * times / 1024,
            "bytes an exchanged row": its["shuffle_mb"] * 2**20 / its["shuffle_rows"] if its["shuffle_rows"] else 0,
            "largest exchange, GB": its["largest_exchange_mb"] * times / 1024,
            "its partitions": its["largest_exchange_mb"] * times / PARTITION_MB,
            "core-hours": its["task_cpu_seconds"] * times / 3600,
        }
        for table, its in tables.items()
    ]


def main() -> None:
    """Read, multiply, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touches", type=int, default=10_000_000_000)
    parser.add_argument("--cores", type=int, default=512)
    arguments = parser.parse_args()
    spark = json.loads(RESULTS.read_text())["spark"]
    measured = max(spark["tables"], key=int)
    workers = max(workers for workers, sizes in spark["workers"].items() if measured in sizes)
    whole = spark["workers"][workers][measured]["full_refresh"]
    times = arguments.touches / int(measured)
    rows = plan(spark["tables"][measured] | {"all tables": whole}, times)
    title = f"{arguments.touches:,} touches: {times:,.0f} times what {int(measured):,} took with {workers} workers"
    table = Table(*rows[0], title=title)
    for row in rows:
        table.add_row(*(f"{value:,.0f}" if isinstance(value, float) else str(value) for value in row.values()))
    console = Console(width=170)
    console.print(table)
    hours = rows[-1]["core-hours"] / arguments.cores
    console.print(f"{rows[-1]['core-hours']:,.0f} core-hours of CPU: {hours:,.1f} hours on {arguments.cores} cores")


if __name__ == "__main__":
    main()
