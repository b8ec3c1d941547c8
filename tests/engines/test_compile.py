"""Every model and data test has its SQL for warehouses that no test runs on, but those that docs/engines.md lists."""

import re
from pathlib import Path

import pytest

from orchestration.cli import compile as command
from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.transform.compiled import compile_for, compile_project
from orchestration.transform.dialects import WAREHOUSES
from orchestration.transform.dialects.differences import NOT_SAID

# A zone that is not UTC: the SQL of local dates is longer.
DBT_VARS = {"as_of": "2026-07-02", "reporting_timezone": "Europe/Paris"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("compiled"), dbt_vars=DBT_VARS)


@pytest.fixture(scope="module")
def manifest(settings: Settings) -> dict:
    return compile_project(settings)


@pytest.mark.parametrize("engine", WAREHOUSES)
def test_the_project_compiles(engine: str, manifest: dict, tmp_path: Path):
    done = compile_for(engine, manifest, tmp_path)
    assert done.failures == []
    assert done.not_said == NOT_SAID.get(engine, {})
    assert done.counts["model"] > 200 and done.counts["test"] > 200
    assert done.counts["model"] == len(list(tmp_path.rglob("*.sql")))


def test_a_model_that_does_not_compile_is_named_with_file_and_line(manifest: dict, tmp_path: Path):
    model = manifest["nodes"]["model.lead_source_warehouse.int_leads"]
    wrong = model | {"compiled_code": "select\n1,\njaccard(a, b)\nfrom t"}
    done = compile_for("trino", {"nodes": {"model": wrong}}, tmp_path)
    assert done.failures == [f"{model['compiled_path']}:3: trino has no function jaccard, for trino"]
    assert not list(tmp_path.rglob("*.sql"))


def test_a_model_listed_as_not_compiling_must_not_compile(manifest: dict, tmp_path: Path):
    listed = manifest["nodes"]["model.lead_source_warehouse.int_lead_forms"] | {"compiled_code": "select 1 as a"}
    (failure,) = compile_for("redshift", {"nodes": {"model": listed}}, tmp_path).failures
    assert failure.endswith("it compiles, and is listed as not compiling, for redshift")


def test_the_documentation_lists_what_does_not_compile():
    documented = (PROJECT_DIR / "docs" / "engines.md").read_text()
    assert {name for models in NOT_SAID.values() for name in models} <= set(re.findall(r"`(\w+)`", documented))


def test_the_command_fails_where_anything_does(monkeypatch, capsys, settings: Settings, manifest: dict):
    broken = manifest["nodes"]["model.lead_source_warehouse.int_leads"] | {"compiled_code": "select a\nfrom t where (b"}
    monkeypatch.setattr(command, "read_settings", lambda: settings)
    monkeypatch.setattr("sys.argv", ["compile", "snowflake"])
    monkeypatch.setattr(command, "compile_project", lambda _: {"nodes": {"model": broken}})
    assert command.main() == 1
    assert re.search(r"int_leads\.sql:2: .*for snowflake", capsys.readouterr().err)
    monkeypatch.setattr(
        command, "compile_project", lambda _: {"nodes": {"model": broken | {"compiled_code": "select 1"}}}
    )
    assert command.main() == 0
    assert "1 models and 0 tests compile for snowflake" in capsys.readouterr().out
