"""The assets of bi/superset/ fit each other and the marts, without a Superset."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.cli.superset import SupersetError, write_assets
from orchestration.config.settings import PROJECT_DIR, Settings
from tests.unit.test_documents import columns_of_models

TYPES = {"quarter": "date", "month": "date", "window_end": "date", "evaluated_at": "timestamp", "is_over": "boolean"}
EXPOSURES = PROJECT_DIR / "dbt_project" / "models" / "exposures.yml"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """With a release of empty marts."""
    settings = Settings(home=tmp_path_factory.mktemp("assets"), dbt_vars={"default_attribution_model": "it's_mine"})
    settings.published_warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.published_warehouse)) as connection:
        connection.execute("create schema marts")
        for mart in (PROJECT_DIR / "dbt_project" / "models" / "marts").rglob("*.sql"):
            columns = [f"{name} {TYPES.get(name, 'varchar')}" for name in sorted(columns_of_models()[mart.stem])]
            connection.execute(f"create table marts.{mart.stem} ({', '.join(columns)})")
    return settings


@pytest.fixture(scope="module")
def assets(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Written for the release: kind and files."""
    folder = write_assets(settings)
    return {
        kind.name: [yaml.safe_load(path.read_text()) for path in sorted(kind.iterdir())]
        for kind in folder.iterdir()
        if kind.is_dir()
    }


def test_there_is_nothing_to_show_before_a_release(tmp_path: Path):
    with pytest.raises(SupersetError, match="make nightly"):
        write_assets(Settings(home=tmp_path))


def test_the_connection_only_reads_the_release(settings: Settings, assets: dict[str, list[dict[str, Any]]]):
    [database] = assets["databases"]
    assert database["sqlalchemy_uri"] == f"duckdb:///{settings.home}/serve/current/warehouse.duckdb"
    assert database["extra"]["engine_params"]["connect_args"] == {
        "read_only": True,
        "config": {"access_mode": "READ_ONLY", "enable_external_access": "false", "lock_configuration": "true"},
    }
    assert not any(database[f"allow_{what}"] for what in ("dml", "ctas", "cvas", "csv_upload"))


def test_datasets_select_their_columns_from_marts(settings: Settings, assets: dict[str, list[dict[str, Any]]]):
    assert len(assets["datasets"]) == 6
    models = {
        name for name in columns_of_models() if any(f"marts.{name}" in each["sql"] for each in assets["datasets"])
    }
    exposures = {each["name"]: each for each in yaml.safe_load(EXPOSURES.read_text())["exposures"]}
    assert set(exposures["superset_dashboard"]["depends_on"]) == {f"ref('{name}')" for name in models}
    with duckdb.connect(str(settings.published_warehouse), read_only=True) as connection:
        for dataset in assets["datasets"]:
            found = [name for name, *_ in connection.execute(f"describe {dataset['sql']}").fetchall()]
            assert [column["column_name"] for column in dataset["columns"]] == found
            by_model = "figures.attribution_model = 'it''s_mine'" in dataset["sql"]
            assert by_model == any(
                "attribution_model" in columns_of_models()[model] for model in models if f"{model} as" in dataset["sql"]
            )


def test_recommendations_are_of_the_last_whole_quarter(settings: Settings, assets: dict[str, list[dict[str, Any]]]):
    [dataset] = [each for each in assets["datasets"] if each["table_name"] == "recommendations"]
    with duckdb.connect(str(settings.published_warehouse)) as connection:
        connection.begin()
        # On the last day of a quarter.
        connection.execute("insert into marts.check_results (evaluated_at) values ('2026-06-30 12:00:00')")
        for quarter, is_over in (("2026-01-01", True), ("2026-04-01", True), ("2026-07-01", False)):
            connection.execute(
                "insert into marts.report_periods (period_kind, quarter, is_over) values ('quarter', ?, ?)",
                [quarter, is_over],
            )
            connection.execute(
                "insert into marts.source_performance_quarterly (quarter, attribution_model) values (?, 'it''s_mine')",
                [quarter],
            )
        found = connection.execute(dataset["sql"]).fetchall()
        connection.rollback()
    assert [str(row[0]) for row in found] == ["2026-04-01"]


def test_charts_show_columns_and_sums(assets: dict[str, list[dict[str, Any]]]):
    datasets = {dataset["uuid"]: dataset for dataset in assets["datasets"]}
    for chart in assets["charts"]:
        dataset, params = datasets[chart["dataset_uuid"]], chart["params"]
        columns = {column["column_name"] for column in dataset["columns"]}
        metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
        shown = {*params.get("all_columns", []), *([params["x_axis"]] if "x_axis" in params else [])}
        assert shown and shown <= columns
        for metric in params.get("metrics", []) + params.get("metrics_b", []):
            assert metrics[metric] in (f"sum({metric})", "max(ltv_cac_ratio)")


def test_the_dashboard_has_every_chart(assets: dict[str, list[dict[str, Any]]]):
    [dashboard] = assets["dashboards"]
    placed = [item["meta"] for item in dashboard["position"].values() if isinstance(item, dict) and "meta" in item]
    placed = [meta for meta in placed if "uuid" in meta]
    assert {meta["uuid"]: meta["sliceName"] for meta in placed} == {
        chart["uuid"]: chart["slice_name"] for chart in assets["charts"]
    }
    # The importer finds charts by it.
    assert len({meta["chartId"] for meta in placed}) == len(placed)
