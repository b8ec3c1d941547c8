"""dbt's documentation of tables, columns and lineage as one page, which goes out with every release.

It is written again when the project, the vars or dbt changed, else the same page is copied. Compiled SQL is not in it:
that contains the salt of the identifiers.
"""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from orchestration.config.settings import Settings
from orchestration.ingest.contract import Contract, load_contracts
from orchestration.transform.dbt_runner import invoke
from orchestration.transform.manifest import current_manifest, dbt_vars_arguments, parsed_manifest

# In the folder of a release.
PAGE = "docs/index.html"
# More than half of the manifest, and no part of what readers look up.
LEFT_OUT = ("unit_tests", "disabled")


def add_docs(release: Path, settings: Settings) -> None:
    """Put the page into the folder of a release. The caller holds the writer's lock. Raises DbtError."""
    page = release / PAGE
    page.parent.mkdir()
    shutil.copyfile(current_docs(settings), page)


def current_docs(settings: Settings) -> Path:
    """Path of a page that fits the project as it is now. The caller holds the writer's lock. Raises DbtError."""
    folder = settings.home / "docs"
    page, stamp = folder / "static_index.html", folder / "stamp"
    wanted = _stamp(settings)
    if not page.exists() or not stamp.exists() or stamp.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        _write(settings, folder)
        stamp.write_text(wanted)
    return page


def described(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest whose sources are described: by the contracts, or by the model that has the same columns."""
    contracts = {(contract.feed, contract.entity): contract for contract in load_contracts()}
    models = {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    sources = {}
    for key, source in manifest["sources"].items():
        feed, table = source["source_name"], source["name"]
        contract = contracts.get((feed, table))
        # `previous_run.<model>__deleted`; `load_log.<table>`.
        model = models.get(table.rpartition("__")[0]) or models.get(f"stg_{feed}__{table}", source)
        texts = _of_contract(contract) if contract else {name: model[name] for name in ("description", "columns")}
        sources[key] = source | texts
    return manifest | {"sources": sources} | {part: {} for part in LEFT_OUT}


def _of_contract(contract: Contract) -> dict[str, Any]:
    columns = {
        column.name: {"name": column.name, "description": column.description, "meta": {}, "tags": []}
        for column in contract.columns
    }
    return {"description": contract.description, "columns": columns}


def _write(settings: Settings, folder: Path) -> None:
    """Column types are those of the warehouse as it was built last."""
    manifest = described(json.loads(current_manifest(settings).read_text()))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    catalog = [] if _is_built(settings) else ["--empty-catalog"]
    target = ["--target-path", str(folder), "--log-path", str(folder)]
    command = ["docs", "generate", "--static", "--no-compile", *catalog, *target, *dbt_vars_arguments(settings)]
    invoke(command, parsed_manifest(settings))


def _stamp(settings: Settings) -> str:
    """What the page depends on. A hash, as the manifest's stamp contains the salt."""
    stamp = current_manifest(settings).with_name("stamp.json").read_bytes()
    return hashlib.sha256(stamp + str(_is_built(settings)).encode()).hexdigest()


def _is_built(settings: Settings) -> bool:
    return bool(settings.server) or settings.warehouse.exists()
