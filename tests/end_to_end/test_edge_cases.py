"""Small situations with an answer known by hand: each topic of tests/data/edge_cases has exports and its figures.

All topics with the same vars are one company and share one run, so ids, e-mails and hosts name their topic.
`expected.yml` holds `vars` (none by default) and `figures`: why, a query on the marts, and the rows that it returns.
"""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.nightly_runs import PROJECT_DIR, VENDORS, query, run_nightly

CASES = PROJECT_DIR / "tests/data/edge_cases"
TOPICS = {path.parent.name: yaml.safe_load(path.read_text()) for path in sorted(CASES.glob("*/expected.yml"))}
DEFAULT_VARS = {"as_of": "2026-01-31", "sources_enabled": VENDORS}


def vars_of(topic: str) -> str:
    """The vars that a topic needs, as a text that can be compared."""
    return json.dumps({**DEFAULT_VARS, **TOPICS[topic].get("vars", {})}, sort_keys=True)


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The state folder of the run that holds a topic; run at the first question."""

    @cache
    def run(dbt_vars: str) -> Path:
        # Signs of patterns in the path of the state folder are as good as any other.
        home = tmp_path_factory.mktemp("it's [1]*")
        for topic in TOPICS:
            if vars_of(topic) == dbt_vars:
                shutil.copytree(
                    CASES / topic, home / "landing", dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.yml")
                )
        assert run_nightly(home, **json.loads(dbt_vars)) in (0, 3)
        return home

    return lambda topic: run(vars_of(topic))


def as_text(rows: list) -> list[list[str | None]]:
    """Rows as JSON would write them: numbers without a type, dates as text."""
    return [[f"{float(c):.6g}" if _is_number(c) else c if c is None else str(c) for c in row] for row in rows]


def _is_number(cell: Any) -> bool:
    return cell is not None and not isinstance(cell, bool | str) and hasattr(cell, "__float__")


@pytest.mark.parametrize("topic", TOPICS)
def test_the_figures_are_those_counted_by_hand(topic: str, run_of: Any) -> None:
    home = run_of(topic)
    for figure in TOPICS[topic]["figures"]:
        assert as_text(query(home, figure["sql"])) == as_text(figure["rows"]), figure["why"]
