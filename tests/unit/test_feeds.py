"""With every vendor enabled, contracts, dbt sources, staging models and the list of feeds say the same."""

import re
from typing import Any

import pytest
from jinja2 import Environment

from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.definitions import build_definitions
from orchestration.ingest.contract import Contract, load_contracts
from orchestration.transform.manifest import read_manifest


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    return load_contracts()


@pytest.fixture(scope="module")
def settings(contracts: list[Contract], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    vendors = sorted({contract.feed for contract in contracts} - {"standard"})
    return Settings(home=tmp_path_factory.mktemp("home"), dbt_vars={"sources_enabled": vendors})


@pytest.fixture(scope="module")
def manifest(settings: Settings) -> dict[str, Any]:
    return read_manifest(settings)


@pytest.fixture(scope="module")
def feeds() -> dict[str, dict[str, list[str]]]:
    """What the macro feeds() returns."""
    returned: list[dict[str, dict[str, list[str]]]] = []
    macro = (PROJECT_DIR / "dbt_project/macros/feeds.sql").read_text()
    environment = Environment(extensions=["jinja2.ext.do"])
    environment.from_string(macro).make_module({"return": returned.append}).feeds()
    [feeds] = returned
    return feeds


@pytest.fixture(scope="module")
def columns(manifest: dict[str, Any]) -> dict[str, list[str]]:
    """Documented columns of each staging model."""
    return {
        node["name"]: list(node["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "staging"
    }


def test_every_model_of_a_feed_has_the_columns_of_the_standard_feed(
    feeds: dict[str, dict[str, list[str]]], columns: dict[str, list[str]]
):
    expected = {(feed, entity) for feed, entities in feeds.items() for entity in entities}
    for feed, entity in sorted(expected):
        assert columns.get(f"stg_{feed}__{entity}") == columns[f"stg_standard__{entity}"], (feed, entity)
    written = {tuple(name.removeprefix("stg_").split("__")) for name in columns if name.startswith("stg_")}
    assert {(feed, entity) for feed, entity in written if feed != "load_log"} == expected


def test_the_standard_columns_are_those_of_its_contracts(contracts: list[Contract], columns: dict[str, list[str]]):
    book = ["_file", "_landed_at", "file_row_number", "_checksum"]
    # Staging reads them where the campaign or the content is empty.
    folded = {"utm_term", "utm_id"}
    for contract in contracts:
        if contract.feed == "standard":
            kept = [name for name in contract.column_names if name not in folded]
            assert columns[f"stg_standard__{contract.entity}"] == [*kept, *book]


def test_every_contract_is_a_source_and_feeds_a_model(
    contracts: list[Contract], manifest: dict[str, Any], feeds: dict[str, dict[str, list[str]]]
):
    expected = {(contract.feed, contract.entity) for contract in contracts}
    raw = [node for node in manifest["sources"].values() if node["schema"] == "raw"]
    sources = {(node["source_name"], node["name"]): node["identifier"] for node in raw}
    assert {key for key in sources if key[0] != "load_log"} == expected
    assert all(identifier == "__".join(key) for key, identifier in sources.items() if key[0] != "load_log")
    used = {(feed, raw) for feed, entities in feeds.items() for raws in entities.values() for raw in raws}
    assert used == expected


def test_a_vendor_that_is_not_enabled_has_no_models(tmp_path_factory: pytest.TempPathFactory):
    standard = read_manifest(Settings(home=tmp_path_factory.mktemp("standard")))
    names = {node["fqn"][2] for node in standard["nodes"].values() if node["fqn"][1] == "staging"}
    assert names == {"load_log", "standard"}
    assert {node["source_name"] for node in standard["sources"].values()} == {"load_log", "previous_run", "standard"}


def test_every_data_test_of_a_vendor_s_models_is_a_check_in_the_graph(settings: Settings, manifest: dict[str, Any]):
    """Those of its raw tables are observations: as checks they would switch off others on the same assets."""
    graph = build_definitions(settings).resolve_job_def("nightly").asset_layer.asset_graph
    tests = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and not (node.get("attached_node") or node["name"]).startswith("source")
    }
    assert tests <= {key.name for key in graph.asset_check_keys}


def test_every_column_with_an_id_is_read_as_an_identifier(contracts: list[Contract], manifest: dict[str, Any]):
    """Those named so; a source may list more."""
    listed = {
        (node["source_name"], node["name"]): set(node["config"]["meta"].get("identifiers", []))
        for node in manifest["sources"].values()
        if node["schema"] == "raw"
    }
    # Names of click ids and campaigns, and a part of GA4's own key.
    others = {"mkt_clickid", "stream_id", "utm_id"}
    missing = [
        (contract.feed, contract.entity, column.name)
        for contract in contracts
        for column in contract.columns
        if column.type == "text"
        and re.search(r"(^|_)(id|vid|guid)$|companyid$|userid$|sessionid$", column.name)
        and column.name not in {*others, *listed[contract.feed, contract.entity]}
    ]
    assert missing == []
    for contract in contracts:
        assert listed[contract.feed, contract.entity] <= set(contract.column_names)
