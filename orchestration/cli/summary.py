"""The answer in the terminal, read from the release: which sources bring the best customers, and what to watch."""

from collections.abc import Sequence
from typing import Any

import duckdb
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from orchestration.cli.open import front_page
from orchestration.config.settings import Settings, read_settings
from orchestration.config.vars import project_vars
from orchestration.release.checks import Alarm, alarms

Rows = list[tuple[Any, ...]]

TOP_SOURCES = """
    select
        coalesce(dim_sources.source_label, figures.source),
        figures.investment, figures.customers, figures.cac, figures.ltv_cac_ratio, figures.ltv_cac_low,
        figures.payback_months
    from marts.top_sources as ranking
    inner join marts.fct_source_cac_ltv as figures using (attribution_model, source)
    left join marts.dim_sources on figures.source = dim_sources.source
    where attribution_model = ? and ranking.rank <= 3
    order by ranking.rank
"""
CHECK_RESULTS = "select check_name, passed, figure from marts.check_results order by check_name"
HEADINGS = ("invested", "customers", "CAC", "LTV:CAC", "at least", "payback")
# Of a source's name, in columns.
SHORTEST_NAME = 8
INDENT = 6


def print_summary(settings: Settings, console: Console, alarm_console: Console | None = None) -> None:
    """Print the answer, the alarms where they are wanted. Without a release it says how to get one."""
    published = settings.published_warehouse
    if not published.exists():
        console.print("There is no release yet: run `make nightly`.")
        return
    model = settings.var("default_attribution_model")
    with duckdb.connect(str(published), read_only=True) as connection:
        sources = connection.execute(TOP_SOURCES, [model]).fetchall()
        results = connection.execute(CHECK_RESULTS).fetchall()
        failed = alarms(connection, {name: settings.var(name) for name in project_vars()}) if results else []
    console.print(
        f"\nWhere the best customers come from ({model}, {settings.var('reporting_currency')})\n", style="bold"
    )
    _print_sources(sources, console)
    _print_checks(results, failed, console, alarm_console or console)
    _print_places(settings, console)


def _print_sources(rows: Rows, console: Console) -> None:
    if not rows:
        console.print("No source has both investment and customers yet, so there is no ratio to rank by.")
        return
    names = [_plain(name) for name, *_ in rows]
    figures = [_figures(*row) for _, *row in rows]
    # The names alone are cut where the terminal is too narrow.
    widths = [max(map(cell_len, column)) for column in zip(HEADINGS, *figures, strict=True)]
    room = max(console.width - sum(widths) - 2 * len(widths), SHORTEST_NAME)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(
        "source", no_wrap=True, overflow="ellipsis", width=min(room, max(map(cell_len, [*names, "source"])))
    )
    for heading, width in zip(HEADINGS, widths, strict=True):
        table.add_column(heading, justify="right", no_wrap=True, width=width)
    for name, cells in zip(names, figures, strict=True):
        table.add_row(Text(name), *cells)
    console.print(table)


def _figures(
    investment: Any, customers: Any, cac: Any, ratio: Any, low: Any, payback: Any
) -> tuple[str, str, str, str, str, str]:
    months = "-" if payback is None else f"{payback:.0f} mo"
    return _number(investment), _number(customers, 1), _number(cac), _number(ratio, 1), _number(low, 1), months


def _print_checks(results: Rows, failed: Sequence[Alarm], console: Console, alarm_console: Console) -> None:
    console.print()
    unmeasured = [name for name, passed, figure in results if passed and figure is None]
    if not results:
        console.print("No checks have run yet.")
    elif not failed:
        console.print(f"All {len(results)} checks passed.", style="green")
    for alarm in failed:
        style = "bold red" if alarm.severity == "ERROR" else "yellow"
        alarm_console.print(Text(f"{alarm.severity:<{INDENT - 1}} {alarm.title} ({alarm.check})", style=style))
        for paragraph in (alarm.says, f"What to do: {alarm.remedy}"):
            alarm_console.print(Padding(Text(paragraph), (0, 0, 0, INDENT), expand=False))
    if unmeasured:
        console.print(f"No data to measure: {', '.join(unmeasured)}.")


def _print_places(settings: Settings, console: Console) -> None:
    """The page last: it is what to open next."""
    current = settings.serve / "current"
    page = front_page(settings)
    lines = (
        "",
        f"Marts {current / 'warehouse.duckdb'}, schema marts",
        f"      {current / 'parquet'}/<table>.parquet",
        "Next  make dev    runs, tables and checks in Dagster",
        "      make sql    a read-only SQL shell on the marts",
        *([f"      make open   {page}"] if page else []),
    )
    for line in lines:
        console.print(line, soft_wrap=True, markup=False, highlight=False)


def _plain(name: str) -> str:
    """Names come from exports: none may steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in name)


def _number(value: Any, digits: int = 0) -> str:
    return "-" if value is None else f"{float(value):,.{digits}f}"


if __name__ == "__main__":
    print_summary(read_settings(), Console(highlight=False))
