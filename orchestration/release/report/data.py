"""What the page shows, read from a release: columns of marts as they are. Computing a figure does not belong here."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.release.checks import CHECKS, offenders

# Significant digits of a figure in the page: more than it shows, fewer than a double has.
DIGITS = 9
# Rows of a list without an end: spellings, sources without a rule.
LONGEST = 30


@dataclass(frozen=True)
class Dataset:
    """Columns of a mart for the page; a key column tells its rows apart. The rows are those that `where` keeps."""

    mart: str
    key: Sequence[str]
    columns: Sequence[str]
    where: str = "true"
    # Where the mart may be long: the first rows in this order.
    largest_first: str = ""

    @property
    def query(self) -> str:
        """Ordered by the key, so that the same release gives the same page."""
        columns, key = ", ".join((*self.key, *self.columns)), ", ".join(self.key)
        found = f"select {columns} from marts.{self.mart} where {self.where}"
        if self.largest_first:
            return f"{found} order by {self.largest_first} desc, {key} limit {LONGEST}"
        return f"{found} order by {key}"


SCOPE = ("category", "source_type", "source")
COUNTS = ("investment", "leads", "mqls", "sqls", "opportunities", "customers", "pipeline", "revenue")
COSTS = ("cpl", "cost_per_mql", "cost_per_sql", "cost_per_opportunity", "cac")


def with_interval(figure: str, name: str | None = None) -> tuple[str, str, str]:
    """A figure and the ends of its interval."""
    return figure, f"{name or figure}_low", f"{name or figure}_high"


ARRIVED = ("cohort_customers", "maturity_share", "is_mature", *with_interval("expected_customers"))

DATASETS = {
    "sources": Dataset(
        "dim_sources",
        ("source",),
        ("source_label", "source_label_fr", "source_type", "category", "is_unclear", "portfolio_class"),
        where="source in (select source from marts.report_totals union select source from marts.source_funnel)",
    ),
    "periods": Dataset(
        "report_periods",
        ("period_kind", "quarter"),
        ("period_start", "period_end", "is_over"),
        where="period_kind <> 'month'",
    ),
    "performance": Dataset(
        "report_performance",
        ("period_kind", "quarter", *SCOPE, "attribution_model"),
        (
            *COUNTS,
            *(column for cost in COSTS for column in with_interval(cost)),
            "cac_maturity_share",
            "cac_if_unclear_shared",
            *with_interval("projected_ltv"),
            *with_interval("ltv_cac_ratio", "ltv_cac"),
            "payback_months",
            *(f"{name}_change" for name in (*COUNTS, *COSTS, "ltv_cac")),
            "quarter_before",
        ),
    ),
    "months": Dataset(
        "report_totals", ("period_start", *SCOPE, "attribution_model"), COUNTS[:-2], where="period_kind = 'month'"
    ),
    "cohorts": Dataset(
        "report_cohorts",
        ("period_kind", "quarter", *SCOPE, "attribution_model"),
        (
            "investment",
            *ARRIVED,
            *with_interval("expected_cohort_cac"),
            *with_interval("roi"),
            "first_deal_roi",
        ),
        where="period_kind <> 'month'",
    ),
    "cohort_months": Dataset(
        "report_cohorts", ("period_start", *SCOPE, "attribution_model"), ARRIVED, where="period_kind = 'month'"
    ),
    "funnel": Dataset(
        "report_funnel", ("period_kind", "quarter", *SCOPE, "step"), ("entered", "reached", *with_interval("rate"))
    ),
    "retention": Dataset(
        "report_retention",
        ("cohort", *SCOPE, "month_number"),
        ("customers", "active_customers", *with_interval("retention")),
    ),
    "values": Dataset(
        "fct_source_cac_ltv",
        ("source", "attribution_model"),
        (
            "customers",
            *with_interval("projected_ltv"),
            "ltv_subscriptions",
            "ltv_purchases",
            "average_contract_value",
            "churn_rate",
            "nrr",
            "grr",
            "nrr_annualised",
            "grr_annualised",
        ),
    ),
    "verdicts": Dataset(
        "source_verdicts",
        ("quarter", "source", "attribution_model"),
        (
            *with_interval("ltv_cac_ratio", "ltv_cac"),
            "recommendation",
            "recommendation_reason",
            "recommendation_reason_fr",
        ),
    ),
    "moves": Dataset(
        "budget_moves",
        ("quarter", "attribution_model", "from_source", "to_source"),
        ("amount", "customers_lost", "customers_lost_high", "customers_won_low", "customers_won"),
    ),
    "dependence": Dataset("source_dependence", ("measure", "dimension", "value"), ("amount", "share", "herfindahl")),
    "balance": Dataset(
        "portfolio_balance",
        ("quarter", "portfolio_class"),
        ("sources", "investment_share", "lead_share", "target_share"),
    ),
    "portfolio": Dataset(
        "source_portfolio",
        ("quarter", "source"),
        (
            "portfolio_class",
            "months_live",
            "is_new_source",
            "leads",
            "lead_share",
            "lead_growth_rate",
            "investment",
            "investment_share",
        ),
    ),
    "matrix": Dataset(
        "source_comparison",
        ("source_type",),
        (
            "volume",
            "quality",
            "speed",
            "cost_level",
            "textbook_volume",
            "textbook_quality",
            "textbook_speed",
            "textbook_cost",
            "leads",
            "lead_share",
            "customers",
            *with_interval("lead_to_customer_rate"),
            "median_days_to_customer",
            "investment",
            "cost_per_lead",
        ),
    ),
    "coverage": Dataset("tracking_coverage", ("dimension", "value"), ("leads", "unclear_leads", "unclear_share")),
    "spellings": Dataset(
        "utm_audit",
        ("finding", "field", "source", "written"),
        ("preferred", "sessions", "amount"),
        largest_first="coalesce(sessions, 0)",
    ),
    "unmapped": Dataset(
        "unmapped_sources",
        ("utm_source", "utm_medium", "utm_campaign", "referrer_host", "crm_source"),
        ("touches", "leads", "opportunities", "cost_rows", "suggested_source"),
        largest_first="touches + leads + opportunities + cost_rows",
    ),
}


def read_datasets(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Every dataset by name: its key, and its columns in the page's form."""
    read = {}
    for name, dataset in DATASETS.items():
        found = connection.execute(dataset.query)
        names = [column[0] for column in found.description]
        columns = zip(*found.fetchall(), strict=True)
        packed = {column: pack(values) for column, values in zip(names, columns, strict=False)}
        read[name] = {"key": list(dataset.key), "columns": {column: packed.get(column, []) for column in names}}
    return read


def read_checks(connection: duckdb.DuckDBPyConnection, variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The checks in the order of their names in CHECKS, each with the rows behind it."""
    found = connection.execute("select check_name, passed, severity, figure, threshold from marts.check_results")
    results = {name: rest for name, *rest in found.fetchall()}
    checks = []
    for check in CHECKS:
        passed, severity, figure, threshold = results.get(check.name, (False, "ERROR", None, None))
        rows = offenders(connection, check, variables) if not passed else None
        checks.append(
            {
                "name": check.name,
                "passed": bool(passed),
                "severity": severity,
                "figure": plain(figure),
                "threshold": plain(threshold),
                "offenders": rows
                and {
                    "columns": rows.columns,
                    "rows": [[plain(value) for value in row] for row in rows.rows],
                    "total": rows.total,
                },
            }
        )
    return checks


def pack(values: Iterable[Any]) -> list[Any] | dict[str, list[Any]]:
    """A column for the page: texts as a dictionary and the place of each value in it, numbers as they are."""
    column = [plain(value) for value in values]
    if not any(isinstance(value, str) for value in column):
        return column
    words = sorted({value for value in column if value is not None})
    places = {word: place for place, word in enumerate(words)}
    return {"words": words, "places": [None if value is None else places[value] for value in column]}


def plain(value: Any) -> str | float | int | bool | None:
    """A value as JSON has it."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        number = float(f"{value:.{DIGITS}g}")
        if not math.isfinite(number):
            return None
        return int(number) if number.is_integer() else number
    return str(value)
