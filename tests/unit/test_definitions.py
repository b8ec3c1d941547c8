"""The asset graph is complete, with its public names."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.config.settings import Settings
from orchestration.definitions import build_definitions
from orchestration.release import dbt_docs, publish
from orchestration.release.dbt_docs import PAGE, add_docs, described
from orchestration.release.mart_figures import FIGURES
from orchestration.transform import dbt_runner
from orchestration.transform import manifest as manifest_module
from orchestration.transform.dbt_assets import WRITER_POOL
from orchestration.transform.manifest import DbtParseError, current_manifest, read_manifest
from tests.contract_tables import create_marts

CHECKS_ON_MARTS = {
    "lead_source_coverage": "tracking_coverage",
    "pipeline_concentration": "pipeline_concentration",
    "spend_conserved": "fct_investment_daily",
    "credit_conserved": "fct_attribution",
    "rows_conserved": "load_ledger",
    "rejected_share": "rejected_rows",
    "keys_repeat_within_a_file": "load_ledger",
    "sla_compliance": "sla_compliance",
    "ltv_cac_floor": "fct_source_cac_ltv",
    "portfolio_balance": "portfolio_balance",
    "new_source_each_quarter": "source_portfolio",
    "feed_volume": "feed_volume",
    "feed_freshness": "feed_freshness",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def defs(settings: Settings) -> dg.Definitions:
    return build_definitions(settings)


@pytest.fixture(scope="module")
def specs(defs: dg.Definitions) -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in defs.resolve_all_asset_specs()}


@pytest.fixture(scope="module")
def manifest(settings: Settings, defs: dg.Definitions) -> dict[str, Any]:
    return read_manifest(settings)


def test_everything_resolves(defs: dg.Definitions):
    dg.Definitions.validate_loadable(defs)


def test_loading_writes_nothing_but_dbt_s_artifacts(settings: Settings, defs: dg.Definitions):
    assert [path.name for path in settings.home.iterdir()] == ["dbt"]


def test_ingestion_assets_are_the_dbt_sources(manifest: dict[str, Any], specs: dict[dg.AssetKey, dg.AssetSpec]):
    raw = [node for node in manifest["sources"].values() if node["schema"] == "raw"]
    sources = {dg.AssetKey([node["source_name"], node["name"]]) for node in raw}
    ingested = {key for key, spec in specs.items() if str(spec.group_name).startswith("raw_")}
    assert {key for key in sources if key.path[0] == "standard"} == ingested
    assert {key for key in sources if key.path[0] != "standard"} == {
        dg.AssetKey(["load_log", "load_ledger"]),
        dg.AssetKey(["load_log", "rejected_rows"]),
    }
    for key in sources - ingested:
        assert {dep.asset_key for dep in specs[key].deps} == ingested


def test_every_model_is_in_the_group_of_its_topic(manifest: dict[str, Any], specs: dict[dg.AssetKey, dg.AssetSpec]):
    topics = {
        node["name"]: {"staging": "staging", "intermediate": topic, "marts": f"marts_{topic}"}[layer]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
        for _, layer, topic, *_ in [node["fqn"]]
    }
    assert len(set(topics.values())) > 10
    layers = {"staging", "intermediate", "marts"}
    assert {key.path[-1]: spec.group_name for key, spec in specs.items() if key.path[0] in layers} == topics


def test_everything_has_an_owner(specs: dict[dg.AssetKey, dg.AssetSpec]):
    assert [key for key, spec in specs.items() if key.path[0] != "standard" and not spec.owners] == []


def test_the_release_comes_after_every_mart(specs: dict[dg.AssetKey, dg.AssetSpec]):
    marts = {key for key in specs if key.path[0] == "marts"}
    assert marts
    assert {dep.asset_key for dep in specs[dg.AssetKey("release")].deps} == marts


def test_the_public_checks_are_on_their_marts_and_run_after_the_release(defs: dg.Definitions):
    found = {
        check.name: check
        for checks in defs.asset_checks or []
        for check in checks.check_specs
        if check.name in CHECKS_ON_MARTS
    }
    assert {name: check.asset_key.path[-1] for name, check in found.items()} == CHECKS_ON_MARTS
    for check in found.values():
        assert dg.AssetKey("release") in {dep.asset_key for dep in check.additional_deps}
        assert not check.blocking
        assert check.description


def test_the_documentation_describes_every_table_and_column(manifest: dict[str, Any]):
    """Of a company that has the standard feed; tests/unit/test_feeds.py compares contracts and sources of all feeds."""
    pages = described(manifest)
    tables = [node for node in pages["nodes"].values() if node["resource_type"] in ("model", "seed", "snapshot")]
    tables += pages["sources"].values()
    assert len(tables) > 200
    silent = [
        f"{table['name']}.{column}"
        for table in tables
        for column, text in {"": table, **table["columns"]}.items()
        if not text["description"]
    ]
    assert silent == []
    assert [table["name"] for table in tables if not table["columns"]] == []
    assert [table["name"] for table in tables if not table["description"].startswith("One row")] == []


def test_the_documentation_is_written_when_the_project_changes_and_copied_else(
    parses: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    written: list[Path] = []

    def write(settings: Settings, folder: Path) -> None:
        written.append(folder)
        (folder / "static_index.html").write_text(f"page {len(written)}")

    monkeypatch.setattr(dbt_docs, "_write", write)
    settings = Settings(home=tmp_path / "home")
    pages = []
    for name in ("first", "second", "third"):
        if name == "third":
            (tmp_path / "project" / "dbt_project" / "models" / "b.sql").write_text("select 2")
        (tmp_path / name).mkdir()
        add_docs(tmp_path / name, settings)
        pages.append((tmp_path / name / PAGE).read_text())
    assert pages == ["page 1", "page 1", "page 2"]


def test_the_documentation_is_one_page_without_the_salt(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Compiled SQL would have it."""
    monkeypatch.setenv("LSW_SALT", "a-secret-salt")
    add_docs(tmp_path, settings)
    page = (tmp_path / PAGE).read_text()
    assert "One row per lead" in page
    assert "a-secret-salt" not in page


def test_a_release_goes_out_without_documentation_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(folder: Path, settings: Settings) -> None:
        raise dbt_runner.DbtError("no catalog")

    monkeypatch.setattr(publish, "add_docs", fail)
    monkeypatch.setattr(publish, "write_report", lambda folder, settings: None)
    settings = Settings(home=tmp_path)
    monkeypatch.setattr(publish, "read_manifest", lambda settings: {"nodes": {}})
    settings.warehouse.parent.mkdir()
    with duckdb.connect(str(settings.warehouse)) as connection:
        create_marts(connection, dict.fromkeys(("dim_sources", *(figure.mart for figure in FIGURES))))
    result = dg.materialize([publish.build_release_asset(settings, [])])
    assert result.success
    (release,) = result.get_asset_materialization_events()
    assert "docs" not in release.materialization.metadata
    assert settings.published_warehouse.exists()


def test_every_data_test_is_a_check_in_the_graph(manifest: dict[str, Any], defs: dg.Definitions):
    """A test of two models that names neither is run without a place to show its outcome, and Dagster complains."""
    checks = {key.name for key in defs.resolve_job_def("nightly").asset_layer.asset_graph.asset_check_keys}
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    # Those of a vendor that is not read are in the manifest too, switched off.
    tests = {node["name"] for node in nodes if node["config"]["enabled"]}
    assert len(tests) > 100
    assert tests <= checks


def test_nightly_runs_everything_in_one_process(defs: dg.Definitions, specs: dict[dg.AssetKey, dg.AssetSpec]):
    job = defs.resolve_job_def("nightly")
    external = {key for key in specs if key.path[0] in ("load_log", "previous_run")}
    assert job.asset_layer.executable_asset_keys == set(specs) - external
    assert {key.name for key in job.asset_layer.asset_graph.asset_check_keys} >= set(CHECKS_ON_MARTS)
    assert job.executor_def is dg.in_process_executor


def test_dbt_and_the_release_share_the_writer_s_pool(defs: dg.Definitions):
    job = defs.resolve_job_def("nightly")
    pools = {node.name: node.pool for node in job.all_node_defs if isinstance(node, dg.OpDefinition)}
    assert {name for name, pool in pools.items() if pool == WRITER_POOL} == {"dbt_build", "release"}


def test_the_schedule_follows_the_reporting_time_zone(settings: Settings):
    elsewhere = Settings(home=settings.home, dbt_vars={"reporting_timezone": "America/Sao_Paulo"})
    schedule = build_definitions(elsewhere).resolve_schedule_def("nightly_schedule")
    assert schedule.cron_schedule == "0 4 * * *"
    assert schedule.execution_timezone == "America/Sao_Paulo"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A small project and a parser that counts."""
    calls: list[str] = []

    def parse(settings: Settings, parsed: Path, stamp: dict[str, Any]) -> None:
        calls.append(stamp["arguments"][1])
        parsed.mkdir(parents=True, exist_ok=True)
        for name in manifest_module.PARSED:
            (parsed / name).write_text("{}")
        (parsed / "stamp.json").write_text(json.dumps(stamp))

    project = tmp_path / "project"
    (project / "dbt_project" / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text("name: small")
    (project / "dbt_project" / "models" / "a.sql").write_text("select 1")
    monkeypatch.setattr(manifest_module, "PROJECT_DIR", project)
    monkeypatch.setattr(manifest_module, "_parse", parse)
    return calls


def test_the_project_is_parsed_when_it_the_vars_or_the_target_change_and_only_then(parses: list[str], tmp_path: Path):
    models = tmp_path / "project" / "dbt_project" / "models"
    settings = Settings(home=tmp_path / "home")
    for _ in range(2):
        current_manifest(settings)
    assert len(parses) == 1
    (models / "b.sql").write_text("select 2")
    current_manifest(settings)
    assert len(parses) == 2
    (models / "b.sql").unlink()
    current_manifest(settings)
    assert len(parses) == 3
    current_manifest(Settings(home=settings.home, dbt_vars={"as_of": "2026-01-31"}))
    assert parses[3] == '{"as_of": "2026-01-31"}'
    current_manifest(settings)
    assert len(parses) == 5
    (settings.dbt / "parsed" / "manifest.json").unlink()
    current_manifest(settings)
    assert len(parses) == 6
    current_manifest(Settings(home=settings.home, target="elsewhere"))
    assert len(parses) == 7


def test_a_project_that_does_not_parse_says_what_dbt_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "dbt_project.yml").write_text("name: small\nprofile: nowhere\n")
    (tmp_path / "profiles.yml").write_text("somewhere: {}\n")
    for module in (manifest_module, dbt_runner):
        monkeypatch.setattr(module, "PROJECT_DIR", tmp_path)
    with pytest.raises(DbtParseError, match="nowhere"):
        current_manifest(Settings(home=tmp_path / "home"))
