"""A company that has exported nothing yet, and the models' unit tests, which need no more than its empty tables."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.nightly_runs import PROJECT_DIR, VENDORS, environment, marts, query, run_nightly


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("empty")
    assert run_nightly(home, sources_enabled=VENDORS) == 0
    return home


def test_a_run_without_any_export_releases_empty_marts(home):
    filled = {table for table, rows in marts(home).items() if rows}
    checks = {"check_figures_business", "check_figures_data", "check_results", "row_conservation", "spend_conservation"}
    assert filled == checks | {"dim_sources", "source_comparison"}
    assert query(home, "select count(*) filter (not passed) from marts.check_results") == [(0,)]


@pytest.mark.parametrize(
    ("vendors", "folder", "least"), [([], "models", 100), (VENDORS, "models/staging", 30)], ids=["all", "vendors"]
)
def test_every_formula_holds_in_its_worked_example(home, vendors, folder, least):
    """The dbt unit tests, all of them passing. Those of unions give one feed's rows, so vendors are off there."""
    variables = json.dumps({"sources_enabled": vendors})
    dbt = [Path(sys.executable).with_name("dbt"), "--no-use-colors", "test", "--vars", variables]
    select = ["--select", f"test_type:unit,path:dbt_project/{folder}"]
    folders = ["--target-path", home / "unit", "--log-path", home / "unit"]
    done = subprocess.run(
        [*dbt, *select, *folders], cwd=PROJECT_DIR, env=environment(home), capture_output=True, text=True, check=False
    )
    print(done.stdout)
    assert done.returncode == 0
    summary = done.stdout.splitlines()[-1].split("Done.")[1].split()
    counts = dict(part.split("=") for part in summary)
    assert int(counts["PASS"]) > least
    assert counts["ERROR"] == counts["WARN"] == counts["SKIP"] == "0"
