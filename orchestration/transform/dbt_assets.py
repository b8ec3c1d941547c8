"""The dbt project as assets: one step, one `dbt build`.

Parsing is in manifest.py, running dbt in dbt_runner.py; what the models compute is in dbt_project/.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage
from dagster_dbt.dagster_dbt_translator import DagsterDbtTranslator

from orchestration.config.locks import exclusive, wait_until_closed
from orchestration.config.settings import Settings
from orchestration.transform.dbt_runner import stream
from orchestration.transform.manifest import dbt_vars_arguments, parsed_manifest, read_manifest, rules_fingerprint

# One writer at a time on the warehouse, across runs.
WRITER_POOL = "warehouse"


def build_dbt_assets(settings: Settings) -> dg.AssetsDefinition:
    """All seeds and models, with their data tests as asset checks. Parses the project when it changed."""
    manifest = read_manifest(settings)
    # One for the graph and the events: it remembers what it has worked out for each node.
    translator = DagsterDbtTranslator()

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=translator,
        # Unit tests test the code, not this run's data: `make test` runs them. Exposures only document.
        exclude="resource_type:unit_test resource_type:exposure",
        name="dbt_build",
        pool=WRITER_POOL,
    )
    def dbt_build(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Build the warehouse. A model that fails skips what depends on it, and then fails the step."""
        with exclusive(settings.writer_lock, on_wait=_tell(context, "waits for")):
            wait_until_closed(settings.warehouse, on_wait=_tell(context, "waits:"))
            os.environ.update(settings.environment, LSW_FINGERPRINT=rules_fingerprint(settings))
            command = ["build", *_selection(context, manifest, translator), *_folders(settings)]
            for result in stream([*command, *dbt_vars_arguments(settings)], parsed_manifest(settings)):
                # As dagster-dbt reports it: an output per table, a check result per test.
                message = DbtCoreCliEventMessage(raw_event=result, event_history_metadata={})
                yield from message.to_default_asset_events(manifest, translator, context)

    return dbt_build


def _selection(
    context: dg.AssetExecutionContext, manifest: dict[str, Any], translator: DagsterDbtTranslator
) -> list[str]:
    """The arguments that select what the run selects."""
    chosen = get_updated_cli_invocation_params_for_context(context, manifest, translator)
    indirect = ["--indirect-selection", chosen.indirect_selection] if chosen.indirect_selection else []
    return [*chosen.selection_args, *indirect]


def _tell(context: dg.AssetExecutionContext, words: str) -> Callable[[str], None]:
    return lambda holder: context.log.info(f"dbt_build {words} {holder}")


def _folders(settings: Settings) -> list[str]:
    """An empty folder for compiled SQL, results and log of this build."""
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    target = settings.dbt / "run"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    return ["--target-path", str(target), "--log-path", str(target)]
