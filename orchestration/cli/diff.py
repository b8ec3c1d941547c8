"""`make diff RELEASE=<id>`: what changed in each mart since a release; of two with `RELEASE="<id> <id>"`."""

import argparse
import sys

from rich.console import Console
from rich.table import Table

from orchestration.config.settings import SettingsError, read_settings
from orchestration.database.extensions import WarehouseError
from orchestration.release.diff import MartDiff, UnknownReleaseError, compare, mart_keys
from orchestration.transform.manifest import DbtParseError, read_manifest


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="diff", description=__doc__)
    parser.add_argument("before", nargs="?", default="", help="a release: the name of its folder")
    parser.add_argument("now", nargs="?", help="a later one; the newest unless it is given")
    arguments = parser.parse_args()
    try:
        settings = read_settings()
        now, marts = compare(settings, mart_keys(read_manifest(settings)), arguments.before, arguments.now)
    except (SettingsError, DbtParseError, WarehouseError, UnknownReleaseError) as error:
        print(f"diff: {error}", file=sys.stderr)
        return 1
    print(f"From {arguments.before} to {now}:")
    show(marts, Console(highlight=False))
    return 0


def show(marts: list[MartDiff], console: Console) -> None:
    """Print the marts that differ, and how many do not."""
    different = [mart for mart in marts if not mart.is_same]
    if different:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("mart", no_wrap=True)
        for heading in ("rows before", "rows now", "added", "removed", "changed"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("columns" if any(mart.columns for mart in different) else "")
        for mart in different:
            figures = (mart.rows_before, mart.rows_now, mart.added, mart.removed, mart.changed)
            table.add_row(mart.mart, *(f"{figure:,}" for figure in figures), ", ".join(mart.columns))
        console.print(table)
    console.print(f"{len(marts) - len(different)} marts are the same.")


if __name__ == "__main__":
    sys.exit(main())
