from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR, SettingsError, read_settings


def test_state_is_under_the_project_unless_told_otherwise():
    assert read_settings({}).home == PROJECT_DIR / "var"


def test_a_relative_home_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    settings = read_settings({"LSW_HOME": "state"})
    assert settings.home == tmp_path / "state"
    assert settings.environment["LSW_HOME"] == str(tmp_path / "state")


def test_every_path_is_under_the_home():
    settings = read_settings({"LSW_HOME": "/data/leads"})
    paths = {
        settings.landing: "landing",
        settings.raw: "raw",
        settings.warehouse: "warehouse/warehouse.duckdb",
        settings.writer_lock: "warehouse/writer.lock",
        settings.dbt: "dbt",
        settings.dagster: "dagster",
        settings.published_warehouse: "serve/current/warehouse.duckdb",
    }
    for path, under_home in paths.items():
        assert path == Path("/data/leads") / under_home


@pytest.mark.parametrize(
    "text", ['{"as_of": "2018-12-31", "audit_window_days": 30}', "as_of: '2018-12-31'\naudit_window_days: 30"]
)
def test_vars_are_json_or_yaml_and_win_over_the_project(text: str):
    settings = read_settings({"LSW_VARS": text})
    assert settings.var("as_of") == "2018-12-31"
    assert settings.var("audit_window_days") == 30


def test_a_var_that_is_not_overridden_comes_from_the_project():
    assert read_settings({}).var("default_attribution_model") == "w_shaped"


@pytest.mark.parametrize("text", ["{not: [closed", "[1, 2]", "just words", "42"])
def test_malformed_vars_name_the_variable_to_mend(text: str):
    with pytest.raises(SettingsError, match="LSW_VARS"):
        read_settings({"LSW_VARS": text})


@pytest.mark.parametrize("text", ["", "{}"])
def test_no_vars_is_fine(text: str):
    assert read_settings({"LSW_VARS": text}).dbt_vars == {}
