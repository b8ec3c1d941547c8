"""The answer in the terminal, read from the release: which sources bring the best customers, and what to watch."""

import sys
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.config.settings import PROJECT_DIR, Settings, read_settings
from orchestration.release.report.page import PAGE

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
CHECK_RESULTS = """
    select check_name, passed, severity, figure, threshold
    from marts.check_results
    order by coalesce(passed, false), severity, check_name
"""


def print_summary(settings: Settings, console: Console) -> None:
    """Print the answer. Without a release it says how to get one."""
    published = settings.published_warehouse
    if not published.exists():
        console.print("There is no release yet: run `make nightly`.")
        return
    model = settings.var("default_attribution_model")
    with duckdb.connect(str(published), read_only=True) as connection:
        sources = connection.execute(TOP_SOURCES, [model]).fetchall()
        checks = connection.execute(CHECK_RESULTS).fetchall()
    console.print()
    console.print(_sources(sources, model, settings.var("reporting_currency")))
    _print_checks(checks, console)
    _print_places(settings, console)


def _sources(rows: Rows, model: str, currency: str) -> Table:
    table = Table(title=f"Where the best customers come from ({model}, {currency})", title_justify="left")
    table.add_column("source", no_wrap=True)
    for column in ("invested", "customers", "CAC", "LTV:CAC", "at least", "payback"):
        table.add_column(column, justify="right")
    for source, investment, customers, cac, ratio, low, payback in rows:
        figures = (_number(investment), _number(customers, 1), _number(cac), _number(ratio, 1), _number(low, 1))
        table.add_row(source, *figures, "-" if payback is None else f"{payback:.0f} mo")
    if not rows:
        table.caption = "No source has both investment and customers yet, so there is no ratio to rank by."
    return table


def _print_checks(rows: Rows, console: Console) -> None:
    alarms = [row for row in rows if not row[1]]
    unmeasured = [row[0] for row in rows if row[1] and row[3] is None]
    if not rows:
        console.print("No checks have run yet.")
    elif not alarms:
        console.print(f"All {len(rows)} checks passed.", style="green")
    for name, _, severity, figure, threshold in alarms:
        line = f"{severity}: {name} is {_number(figure, 3)}, threshold {_number(threshold, 3)}"
        console.print(line, style="bold red" if severity == "ERROR" else "yellow")
    if unmeasured:
        console.print(f"No data to measure: {', '.join(unmeasured)}.")


def _print_places(settings: Settings, console: Console) -> None:
    current = settings.serve / "current"
    python = Path(sys.executable)
    python = python.relative_to(PROJECT_DIR) if python.is_relative_to(PROJECT_DIR) else python
    database = current / "warehouse.duckdb"
    query = f"import duckdb; duckdb.connect('{database}', read_only=True).sql('from marts.fct_source_cac_ltv').show()"
    lines = (
        "",
        f"Marts    {database}, schema marts",
        f"         {current / 'parquet'}/<table>.parquet",
        "Graph    make dev",
        f'SQL      {python} -c "{query}"',
        f"Report   {current / PAGE} (make open)",
    )
    for line in lines:
        console.print(line, soft_wrap=True, markup=False, highlight=False)


def _number(value: Any, digits: int = 0) -> str:
    return "-" if value is None else f"{float(value):,.{digits}f}"


if __name__ == "__main__":
    print_summary(read_settings(), Console())
