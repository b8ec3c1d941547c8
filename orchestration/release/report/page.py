"""Writes the page: template, style, script, texts, data and the charting library in one file.

Nothing in the file is requested from elsewhere, and its own policy forbids it. Texts and data are JSON, compressed and
in base64, so no value in them can end a tag. What is shown of them is set as text, never as HTML.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.config.settings import Settings
from orchestration.config.vars import project_vars
from orchestration.release.check_words import TEXTS as CHECK_TEXTS
from orchestration.release.report.data import read_checks, read_datasets
from orchestration.release.report.vega import packed_library, packed_text

PAGE = "report.html"
SOURCES = Path(__file__).parent
SCRIPTS = ("dom", "format", "data", "state", "parts", "charts", "decisions", "sources", "checks", "main")
LANGUAGES = ("en", "fr")
# Vars that texts name, or that the page draws: thresholds and windows.
SHOWN_VARS = (
    "attribution_lookback_days",
    "audit_window_days",
    "cohort_min_maturity",
    "comparison_window_days",
    "default_attribution_model",
    "ltv_cac_break_even",
    "ltv_cac_healthy",
    "ltv_horizon_months",
    "pipeline_share_threshold",
    "portfolio_balance_tolerance",
    "recommendation_min_months",
    "recommendation_window_quarters",
    "reporting_currency",
    "unclear_share_threshold",
)


def write_report(release: Path, settings: Settings) -> Path:
    """Write the page into the folder of a release, from its marts."""
    variables = {name: settings.var(name) for name in project_vars()}
    with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as connection:
        content = {
            "vars": {name: variables[name] for name in SHOWN_VARS},
            "as_of": _as_of(connection),
            "checks": read_checks(connection, variables),
            "data": read_datasets(connection),
            "texts": texts(),
        }
    page = release / PAGE
    page.write_text(render(content), encoding="utf-8")
    return page


def render(content: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = {
        "style": (SOURCES / "report.css").read_text(encoding="utf-8"),
        "script": "\n".join((SOURCES / "js" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS),
        "content": packed_text(json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)),
        "library": packed_library(),
    }
    template = (SOURCES / "template.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: parts[found[1]], template)


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text of the page by language and name."""
    files = (SOURCES / "texts.yml", CHECK_TEXTS)
    rows = {name: words for file in files for name, words in yaml.safe_load(file.read_text(encoding="utf-8")).items()}
    return {
        language: {name: _spaced(words[language], language) for name, words in rows.items()} for language in LANGUAGES
    }


def _spaced(text: str, language: str) -> str:
    """French has a space that does not break before some signs, and inside its quotation marks."""
    return re.sub(r" (?=[:;?!%»€])|(?<=«) ", "\N{NO-BREAK SPACE}", text) if language == "fr" else text


def _as_of(connection: duckdb.DuckDBPyConnection) -> str:
    """The last day in view: today in the reporting time zone. Without any data, the day of the run."""
    query = (
        "select coalesce((select period_end from marts.report_periods where period_kind = 'all'),"
        " (select max(cast(evaluated_at as date)) from marts.check_results), current_date)"
    )
    ((day,),) = connection.execute(query).fetchall()
    return day.isoformat()
