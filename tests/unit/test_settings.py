import json
from pathlib import Path

import pytest

from orchestration.config.settings import PROJECT_DIR, Settings, SettingsError, read_settings
from orchestration.config.vars import project_vars
from orchestration.transform.manifest import dbt_vars_arguments


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
def test_malformed_vars_name_the_variable_to_fix(text: str):
    with pytest.raises(SettingsError, match="LSW_VARS"):
        read_settings({"LSW_VARS": text})


def test_dbt_builds_in_duckdb_unless_told_otherwise():
    assert read_settings({"LSW_TARGET": ""}).environment["LSW_TARGET"] == "duckdb"


def test_a_target_that_the_profile_lacks_is_refused():
    with pytest.raises(SettingsError, match=r"LSW_TARGET is lint.*it has duckdb"):
        read_settings({"LSW_TARGET": "lint"})


def test_a_lake_needs_its_catalog_and_has_its_files_under_the_home():
    with pytest.raises(SettingsError, match="LSW_LAKE_CATALOG"):
        read_settings({"LSW_TARGET": "ducklake"})
    given = {"LSW_HOME": "/data/leads", "LSW_TARGET": "ducklake", "LSW_LAKE_CATALOG": "dbname=lake"}
    assert read_settings(given).environment["LSW_LAKE_DATA"] == "/data/leads/lake"
    assert read_settings({**given, "LSW_LAKE_DATA": "s3://lake/"}).environment["LSW_LAKE_DATA"] == "s3://lake/"
    assert "LSW_LAKE_DATA" not in read_settings({}).environment


def test_postgres_needs_its_database_and_has_its_views_under_the_home():
    with pytest.raises(SettingsError, match=r"LSW_TARGET is postgres.*LSW_WAREHOUSE_DATABASE"):
        read_settings({"LSW_TARGET": "postgres", "LSW_LAKE_CATALOG": "dbname=lake"})
    given = {"LSW_HOME": "/data/leads", "LSW_TARGET": "postgres", "LSW_WAREHOUSE_DATABASE": "dbname=leads"}
    found = read_settings(given)
    assert found.environment.items() >= given.items()
    assert found.warehouse == Path("/data/leads/warehouse/views.duckdb")
    assert "LSW_WAREHOUSE_DATABASE" not in read_settings({**given, "LSW_TARGET": "duckdb"}).environment


def test_a_state_folder_that_no_database_can_be_in_is_refused():
    with pytest.raises(SettingsError, match="LSW_HOME has a"):
        read_settings({"LSW_HOME": "/data/why?/leads"})


@pytest.mark.parametrize("text", ["", "{}"])
def test_no_vars_is_fine(text: str):
    assert read_settings({"LSW_VARS": text}).dbt_vars == {}


def given(**dbt_vars: object) -> Settings:
    return read_settings({"LSW_VARS": json.dumps(dbt_vars)})


def test_an_entry_of_a_mapping_leaves_the_others_in_place():
    """In what Python reads and in what dbt is told alike."""
    own = read_settings({})
    model = {"first": 0.2, "last": 0.6, "middle": 0.2}
    settings = given(
        check_severities={"lead_source_coverage": "ERROR"},
        attribution_models={"j_shaped": model},
        attribution_lookback_days_by_type={"customer": 180},
    )
    expected = {
        "check_severities": own.var("check_severities") | {"lead_source_coverage": "ERROR"},
        "attribution_models": own.var("attribution_models") | {"j_shaped": model},
        "attribution_lookback_days_by_type": {"customer": 180},
    }
    assert {name: settings.var(name) for name in expected} == expected
    assert json.loads(dbt_vars_arguments(settings)[1]) == expected
    assert own.var("check_severities")["lead_source_coverage"] == "WARN"


WRONG = {
    "unknown name": ({"atribution_unit": "person"}, "atribution_unit is no var.*did you mean attribution_unit"),
    "policy": ({"direct_touch_policy": "drop"}, "direct_touch_policy is 'drop'.*last_resort, keep"),
    "unit": ({"attribution_unit": "accounts"}, "'accounts'.*account, person; did you mean account"),
    "default model": ({"default_attribution_model": "wshaped"}, "'wshaped'.*w_shaped.*uplift; did you mean w_shaped"),
    "time zone": ({"reporting_timezone": "Europe/Pari"}, "'Europe/Pari'.*did you mean Europe/Paris"),
    "time zone of another type": ({"reporting_timezone": None}, "reporting_timezone is None"),
    "moment": ({"as_of": "31.01.2026"}, "as_of is '31.01.2026'.*2026-01-31"),
    "moment of another type": ({"as_of": 20260131}, "as_of is 20260131"),
    "currency": ({"reporting_currency": "euro"}, "reporting_currency is 'euro'.*ISO 4217"),
    "severity": (
        {"check_severities": {"spend_conserved": "error"}},
        "check_severities.spend_conserved is 'error'.*WARN",
    ),
    "check": (
        {"check_severities": {"spend_conserve": "WARN"}},
        "spend_conserve is no check; did you mean spend_conserved",
    ),
    "no mapping": ({"check_severities": "ERROR"}, "check_severities is 'ERROR'.*mapping"),
    "negative window": ({"attribution_lookback_days": -1}, "attribution_lookback_days is -1.*at least 0"),
    "negative window of a type": ({"attribution_lookback_days_by_type": {"lead": -1}}, "by_type.lead is -1"),
    "unknown type": (
        {"attribution_lookback_days_by_type": {"leads": 1}},
        "leads is no conversion type; did you mean lead",
    ),
    "words for a number": ({"audit_window_days": "ninety"}, "audit_window_days is 'ninety'.*number"),
    "words for a switch": (
        {"merge_people_on_shared_browser": "yes"},
        "merge_people_on_shared_browser is 'yes'.*true or",
    ),
    "half-life of nothing": ({"time_decay_half_life_days": 0}, "more than 0"),
    "share in percent": ({"unclear_share_threshold": 10}, "at most 1"),
    "unknown class": ({"portfolio_target_shares": {"cores": 1}}, "cores is no portfolio class; did you mean core"),
    "class shares over 1": ({"portfolio_target_shares": {"core": 0.8}}, "portfolio_target_shares.*sum to 1"),
    "window of no quarter": ({"recommendation_window_quarters": 0}, "more than 0"),
    "warm above hot": ({"warm_from_score": 70}, "warm_from_score is 70, above hot_from_score, 65"),
    "warm above hot by probability": ({"warm_from_probability": 0.5}, "warm_from_probability is 0.5, above hot"),
    "ages without creation": ({"prediction_ages_days": [7, 30]}, "prediction_ages_days.*starts with 0 and ascends"),
    "bands in disorder": ({"prediction_bands": [0, 0.5, 0.1]}, "prediction_bands.*ascends"),
    "training every fifth month": ({"prediction_retrain_months": 5}, "prediction_retrain_months is 5.*4, 6 or 12"),
    "route by another stage": ({"routing_outcome": "mql"}, "routing_outcome is 'mql'.*sql, opportunity, customer"),
    "route by another horizon": ({"routing_horizon_days": 30}, "routing_horizon_days is 30.*90 or 365"),
    "unknown feed": ({"sources_enabled": ["hubpsot"]}, "hubpsot is no vendor's feed; did you mean hubspot"),
    "feed as text": ({"sources_enabled": "hubspot"}, "sources_enabled is 'hubspot'.*list of feeds"),
    "unknown role": ({"attribution_models": {"mine": {"frist": 1}}}, "frist is no role; did you mean first"),
    "weightless model": ({"attribution_models": {"mine": {"first": 0}}}, "mine.*over 0"),
    "taken model name": ({"attribution_models": {"markov": {"first": 1}}}, "markov"),
    "unknown field": ({"lead_completeness_fields": ["e-mail"]}, "e-mail is no field of a lead; did you mean email"),
    "no decline at all": ({"decline_candidates": []}, "decline_candidates.*at least one"),
    "a decline below 0": ({"decline_candidates": [0, -0.1]}, "decline_candidates.*at least 0"),
    "no field at all": ({"lead_completeness_fields": []}, "lead_completeness_fields.*at least one"),
    "address for a host": ({"own_domains": ["https://acme.example/"]}, "own_domains.*list of hosts"),
    "schema with a quote": ({"postgres_schema": 'marts"; drop'}, "postgres_schema.*snake case"),
    "text for a list": ({"won_stage_names": "won"}, "won_stage_names.*list"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_would_silently_give_wrong_numbers_is_an_error_that_says_what_is_allowed(case: str):
    dbt_vars, message = WRONG[case]
    with pytest.raises(SettingsError, match=message):
        given(**dbt_vars)


def test_an_added_model_may_be_the_default_one():
    settings = given(attribution_models={"j_shaped": {"last": 1}}, default_attribution_model="j_shaped")
    assert settings.var("default_attribution_model") == "j_shaped"
    for model in ("time_decay", "markov", "shapley", "uplift"):
        assert given(default_attribution_model=model).var("default_attribution_model") == model


def test_hosts_are_read_as_referrers_are():
    assert given(own_domains=["WWW.Acme.example"]).dbt_vars == {"own_domains": ["acme.example"]}


def test_the_reporting_currency_may_be_written_small():
    assert given(reporting_currency="usd").dbt_vars == {"reporting_currency": "USD"}


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("as_of: 2026-01-31", "2026-01-31"),
        ("as_of: '2026-01-31T09:30:00Z'", "2026-01-31 09:30:00"),
        ("as_of: 2026-01-31T09:30:00+02:00", "2026-01-31 07:30:00"),
        ("as_of: null", None),
    ],
)
def test_as_of_is_told_in_utc(text: str, as_of: str | None):
    assert read_settings({"LSW_VARS": text}).dbt_vars == {"as_of": as_of}


def test_the_projects_own_vars_pass():
    assert given(**project_vars()).dbt_vars == project_vars()
