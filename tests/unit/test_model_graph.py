"""The graph of models flows one way, and stays as small as it is.

Vendors' feeds are all read here, but in the measures: those are of a company that has the standard feed alone.
"""

import re
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import PurePosixPath
from statistics import median
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from orchestration.config.settings import PROJECT_DIR
from tests.end_to_end.dbt_in_process import run_dbt

PROJECT = "lead_source_warehouse"
# What each layer may read beside itself. Marts show the load log as it is, so nothing stands between them.
MAY_READ = {
    "staging": {"source"},
    "intermediate": {"staging", "seeds"},
    "marts": {"intermediate", "staging/load_log", "seeds"},
}
# Tables that a run keeps for the next one: a source, as no model builds them.
PREVIOUS_RUN = "previous_run"


class Graph:
    """The models of a parsed project, and what each of them reads."""

    def __init__(self, manifest: Manifest):
        self.manifest = manifest
        nodes = manifest.nodes.values()
        self.models = {node.unique_id: node for node in nodes if node.resource_type == "model"}
        self.names = {node.name: unique_id for unique_id, node in self.models.items()}

    def parents(self, unique_id: str) -> list[str]:
        """Models that a model reads."""
        return [parent for parent in self.models[unique_id].depends_on.nodes if parent in self.models]

    def topic(self, unique_id: str) -> str:
        """The folders of a model under models/, like intermediate/identity."""
        path = PurePosixPath(self.models[unique_id].original_file_path)
        return "/".join(path.relative_to("dbt_project/models").parts[:2])

    def layer(self, unique_id: str) -> str:
        """Of a model, a seed or a source."""
        kind, *_ = unique_id.split(".")
        return self.topic(unique_id).split("/")[0] if kind == "model" else {"seed": "seeds"}.get(kind, kind)

    def may_read(self, child: str, parent: str) -> bool:
        """Whether the layers of two nodes allow that one reads the other."""
        allowed = MAY_READ[self.layer(child)] | {self.layer(child)}
        return self.layer(parent) in allowed or (parent in self.models and self.topic(parent) in allowed)

    def between(self, first: str, last: str) -> dict[str, int]:
        """Models on the ways from one to another, both counted, each with the longest way to it."""
        start, end = self.names[first], self.names[last]

        @cache
        def length(unique_id: str) -> int:
            if unique_id == start:
                return 1
            return max((length(parent) + 1 for parent in self.parents(unique_id) if length(parent)), default=0)

        above, found = {end}, [end]
        for unique_id in found:
            for parent in self.parents(unique_id):
                if parent not in above and length(parent):
                    above.add(parent)
                    found.append(parent)
        return {unique_id: length(unique_id) for unique_id in found}

    def macros(self, unique_id: str) -> set[str]:
        """This project's macros that a model calls, directly or not."""
        found = list(self.models[unique_id].depends_on.macros)
        for name in found:
            found += [other for other in self.manifest.macros[name].depends_on.macros if other not in found]
        return {name for name in found if name.startswith(f"macro.{PROJECT}.")}


def parsed(folder: Any, *arguments: str) -> Graph:
    result = run_dbt("parse", folder, *arguments)
    assert result.success, result.exception
    return Graph(result.result)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return parsed(tmp_path_factory.mktemp("all_feeds"), "--target", "lint")


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return parsed(tmp_path_factory.mktemp("standard"))


def pairs(graph: Graph, edges: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Edges by name: the model read, and its reader."""
    return {(parent.split(".", 2)[2], graph.models[child].name) for parent, child in edges}


def test_a_layer_reads_itself_or_the_one_before(graph: Graph):
    edges = [
        (parent, child)
        for child, model in graph.models.items()
        for parent in model.depends_on.nodes
        if not parent.startswith(f"source.{PROJECT}.{PREVIOUS_RUN}.")
    ]
    assert len(edges) > 200
    wrong = [(parent, child) for parent, child in edges if not graph.may_read(child, parent)]
    assert pairs(graph, wrong) == set()


def test_staging_alone_reads_raw(graph: Graph):
    """Macros that a model calls are part of it."""
    reads_raw = {
        model.name
        for unique_id, model in graph.models.items()
        for text in (model.raw_code, *(graph.manifest.macros[name].macro_sql for name in graph.macros(unique_id)))
        if "raw." in text or re.search(rf"""source\((?!['"]{PREVIOUS_RUN}['"])""", text)
    }
    assert {name for name in reads_raw if graph.layer(graph.names[name]) == "staging"} == {
        model.name
        for model in graph.models.values()
        if any(parent.startswith("source.") for parent in model.depends_on.nodes)
        and graph.layer(model.unique_id) == "staging"
    }
    assert {name for name in reads_raw if graph.layer(graph.names[name]) != "staging"} == set()


@pytest.mark.parametrize("layer", ["intermediate", "marts"])
def test_topics_form_no_cycle(graph: Graph, layer: str):
    topics: dict[str, set[str]] = {}
    for unique_id in graph.models:
        for parent in graph.parents(unique_id):
            if graph.layer(unique_id) == graph.layer(parent) == layer:
                topics.setdefault(graph.topic(unique_id), set()).add(graph.topic(parent))
    order = TopologicalSorter({topic: parents - {topic} for topic, parents in topics.items()})
    assert list(order.static_order())


def untested(graph: Graph) -> list[str]:
    """Models without a unit test; dbt has none of Python models, whose modules have tests of their own."""
    tested = {unit_test.model for unit_test in graph.manifest.unit_tests.values()}
    sql = {model.name for model in graph.models.values() if model.language == "sql"}
    return sorted(sql - tested)


def test_models_without_a_unit_test_get_fewer(graph: Graph):
    assert len(graph.manifest.unit_tests) > 100
    # One of them reads experiments as they are, as staging of the standard feed does.
    assert len(untested(graph)) <= 29


def test_metrics_count_by_days_of_the_reporting_time_zone(graph: Graph):
    """A timestamp is UTC: its day is not always the company's. Figures over all time have no day."""
    days = {
        (found.name, dimension.name): dimension.expr or dimension.name
        for found in graph.manifest.semantic_models.values()
        for dimension in found.dimensions
        if dimension.type.value == "time"
    }
    types = {
        (found.name, column.name): column.data_type
        for found in graph.manifest.semantic_models.values()
        for column in graph.models[found.depends_on.nodes[0]].columns.values()
    }
    no_days = {name for name, expression in days.items() if expression == "cast(null as date)"}
    assert no_days == {("lifetime", "evaluated_on")}
    wrong = {name for name, expression in days.items() if types.get((name[0], expression)) != "date"} - no_days
    assert not wrong and len(days) > 5


def measures(graph: Graph) -> dict[str, float]:
    nodes = graph.manifest.nodes.values()

    def is_run(node: Any) -> bool:
        """Whether a nightly runs it; tests of disabled models depend on nothing."""
        return node.resource_type in ("model", "seed") or (node.resource_type == "test" and node.depends_on_nodes != [])

    files = [PROJECT_DIR / model.original_file_path for model in graph.models.values()]
    lines = [len(file.read_text().splitlines()) for file in files if file.suffix == ".sql"]
    macros = {name for name in graph.manifest.macros if name.startswith(f"macro.{PROJECT}.")}
    macros = {name for name in macros if not name.startswith(f"macro.{PROJECT}.materialization_")}
    from_leads = graph.between("stg_standard__leads", "source_performance_quarterly")
    from_ad_spend = graph.between("stg_standard__ad_spend", "source_performance_quarterly")
    return {
        "models from a lead to the recommendation": len(from_leads),
        "longest chain from a lead to the recommendation": max(from_leads.values()),
        "models from ad spend to the recommendation": len(from_ad_spend),
        "macros without engine variants": len({name for name in macros if "__" not in name}),
        "median lines of a model": median(lines),
        "longest model": max(lines),
        "nodes of a nightly": len([node for node in nodes if is_run(node)]),
    }


def test_the_graph_stays_as_small_as_it_is(standard: Graph):
    ceilings = {
        # Lifetime values are seventeen of them: ways of paying, each with its evidence, rates and outlook.
        # Four are what uplift learns from: who had the chance to convert and did, and the forms of paths.
        "models from a lead to the recommendation": 87,
        "longest chain from a lead to the recommendation": 36,
        "models from ad spend to the recommendation": 65,
        # Six write tables, and ask about them, in words that every engine has.
        "macros without engine variants": 128,
        "median lines of a model": 66,
        "longest model": 122,
        # Eleven of them are the report page's: its figures for every period and filter, as the page may work out none.
        # Eight are what a customer costs: how far the leads of a month have come, as known at each quarter's end.
        # Fifteen are the predictions of leads: what was known of a lead when, step by step, so that each is tested.
        # Thirty-six are lifetime values: models and the tests of their keys.
        # Six are the decision log: verdicts then and in hindsight, those kept, and how many held.
        # Eight are the attribution model uplift: four models and the tests of their keys.
        # Four are what one more customer costs and what moves of budget do, of which the report page had one.
        # Eight are experiments: the feed, their periods, results and plan, and the tests of their keys.
        # Two are the suggestions for unmapped sources, which not every engine can work out.
        "nodes of a nightly": 450,
    }
    now = measures(standard)
    assert now.keys() == ceilings.keys()
    assert {name: now[name] for name in now if now[name] > ceilings[name]} == {}
