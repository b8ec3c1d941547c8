"""The figures that Dagster shows on a mart's page: a plot and the table behind it, read from the release."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.release.check_words import figure_text
from orchestration.release.checks import Offenders, markdown_table, read_rows
from orchestration.release.plots import bars, columns, image, intervals

Rows = Sequence[tuple[Any, ...]]
Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """What is shown on a mart. A name in braces is a dbt var."""

    mart: str
    title: str
    query: str
    draw: Callable[[Rows, Variables], str]


def _draw_leads(rows: Rows, variables: Variables) -> str:
    return bars([(source, leads, f"{leads:,}") for source, leads, _ in rows])


def _draw_coverage(rows: Rows, variables: Variables) -> str:
    limit = variables["unclear_share_threshold"]
    return columns(
        [(month, share) for month, _, _, share in reversed(rows)], limit, f"threshold {figure_text(limit, True)}"
    )


def _draw_ratios(rows: Rows, variables: Variables) -> str:
    marks = [variables["ltv_cac_break_even"], variables["ltv_cac_healthy"]]
    drawn = [(source, ratio, low, high, _interval(ratio, low, high)) for source, *_, ratio, low, high in rows]
    return intervals(drawn, marks)


def _interval(ratio: float, low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return figure_text(ratio, False)
    ends = [figure_text(end, False) if end is not None else "?" for end in (low, high)]
    return f"{figure_text(ratio, False)} ({' to '.join(ends)})"


FIGURES = (
    Figure(
        "fct_leads",
        "leads by source",
        "select coalesce(source_label, original_source, 'none') as source, count(*) as leads,"
        " count(customer_at) as customers from marts.fct_leads"
        " left join marts.dim_sources on original_source = dim_sources.source"
        " group by all order by leads desc, source",
        _draw_leads,
    ),
    Figure(
        "tracking_coverage",
        "share of leads without a clear source, by month",
        "select value as month, leads, unclear_leads, round(unclear_share, 4) as unclear_share"
        " from marts.tracking_coverage where dimension = 'month'"
        " and window_end = (select max(window_end) from marts.tracking_coverage) order by month desc",
        _draw_coverage,
    ),
    Figure(
        "fct_source_cac_ltv",
        "LTV:CAC by source, with its interval",
        "select coalesce(source_label, source) as source, cast(investment as bigint) as investment,"
        " round(customers, 1) as customers, cast(cac as bigint) as cac, round(ltv_cac_ratio, 2) as ltv_cac_ratio,"
        " round(ltv_cac_low, 2) as ltv_cac_low, round(ltv_cac_high, 2) as ltv_cac_high"
        " from marts.fct_source_cac_ltv left join marts.dim_sources using (source)"
        " where attribution_model = '{default_attribution_model}' and ltv_cac_ratio is not null"
        " order by fct_source_cac_ltv.ltv_cac_ratio desc, source",
        _draw_ratios,
    ),
)


def mart_figures(published: Path, variables: Variables) -> dict[str, dict[str, str]]:
    """Markdown by mart and title; a mart without rows has no figure."""
    with duckdb.connect(str(published), read_only=True) as connection:
        found = {figure: read_rows(connection, figure.query.format(**variables)) for figure in FIGURES}
    return {
        figure.mart: {figure.title: _shown(figure, shown, variables)} for figure, shown in found.items() if shown.rows
    }


def _shown(figure: Figure, shown: Offenders, variables: Variables) -> str:
    return f"{image(figure.title, figure.draw(shown.rows, variables))}\n\n{markdown_table(shown)}"
