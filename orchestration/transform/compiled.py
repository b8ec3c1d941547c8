"""The project's SQL for a warehouse: each model and data test as dbt compiles it, in the warehouse's dialect.

Nothing here runs the SQL; docs/engines.md says what is proven and how to use it.
"""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.config.settings import LINT_TARGET, Settings
from orchestration.transform.dbt_runner import invoke
from orchestration.transform.dialects.differences import NOT_SAID
from orchestration.transform.manifest import dbt_vars_arguments
from orchestration.transform.strict import transpile_strictly
from orchestration.transform.transpile import TranspileError

KINDS = ("model", "test")


@dataclass
class Compiled:
    """What became of the project: how many of each kind compile, what fails, and what is known not to compile."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    failures: list[str] = field(default_factory=list)
    not_said: dict[str, str] = field(default_factory=dict)


def compile_project(settings: Settings) -> dict[str, Any]:
    """The manifest with each node's SQL, in DuckDB's dialect. Raises DbtError."""
    folder = settings.home / "compiled" / "duckdb"
    target = ["--target", LINT_TARGET, "--target-path", str(folder), "--log-path", str(folder)]
    invoke(["compile", *target, *dbt_vars_arguments(settings)])
    return json.loads((folder / "manifest.json").read_text())


def compile_for(engine: str, manifest: dict[str, Any], folder: Path) -> Compiled:
    """Say each model and test in a warehouse's SQL, and write the models' into a folder, which is emptied before."""
    shutil.rmtree(folder, ignore_errors=True)
    done, known = Compiled(), NOT_SAID.get(engine, {})
    for node in sorted(_nodes(manifest), key=lambda node: node["original_file_path"]):
        name = node["name"]
        try:
            said = transpile_strictly(node["compiled_code"], engine)
        except TranspileError as error:
            if name in known:
                done.not_said[name] = known[name]
            else:
                done.failures.append(f"{_place(node, error.line)}: {_sentence(error)}, for {engine}")
            continue
        if name in known:
            done.failures.append(f"{_place(node, 1)}: it compiles, and is listed as not compiling, for {engine}")
        done.counts[node["resource_type"]] += 1
        if node["resource_type"] == "model":
            path = folder / node["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(said + "\n")
    return done


def _nodes(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    nodes = manifest["nodes"].values()
    return [node for node in nodes if node["resource_type"] in KINDS and node["language"] == "sql"]


def _place(node: dict[str, Any], line: int) -> str:
    """The compiled file, whose lines are counted, as the model's own has Jinja in it."""
    return f"{node.get('compiled_path') or node['original_file_path']}:{line or 1}"


def _sentence(error: TranspileError) -> str:
    return str(error).split("\n")[0].rsplit(" (for ", 1)[0].rstrip(".")
