"""The dbt project as assets: one step, one `dbt build`.

Parsing is in dbt_manifest.py; what the models compute is in dbt_project/.
"""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets
from packaging.version import Version

from orchestration.config.locks import exclusive, wait_until_closed
from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.transform.manifest import dbt_vars_arguments, read_manifest, rules_fingerprint

# One writer at a time on the warehouse, across runs.
WRITER_POOL = "warehouse"


class DbtProcess(DbtCliResource):
    """dbt as one child process per build, without the two start-ups that only ask its version and count rows."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> None:
        return None


def build_dbt_assets(settings: Settings) -> dg.AssetsDefinition:
    """All seeds and models, with their data tests as asset checks. Parses the project when it changed."""

    @dbt_assets(
        manifest=read_manifest(settings),
        # Unit tests test the code, not tonight's data: `make test` runs them.
        exclude="resource_type:unit_test",
        name="dbt_build",
        pool=WRITER_POOL,
    )
    def dbt_build(context: dg.AssetExecutionContext, dbt: DbtProcess) -> Iterator[Any]:
        """Build the warehouse. A model that fails skips what depends on it, and then fails the step."""
        with exclusive(settings.writer_lock, on_wait=_tell(context, "waits for")):
            wait_until_closed(settings.warehouse, on_wait=_tell(context, "waits:"))
            target = _prepare_folders(settings)
            os.environ.update(settings.environment, LSW_FINGERPRINT=rules_fingerprint(settings))
            invocation = dbt.cli(["build", *dbt_vars_arguments(settings)], context=context, target_path=target)
            try:
                for event in read_ahead(invocation.stream()):
                    _report(context, event)
                    yield event
            finally:
                _stop(invocation.process)

    return dbt_build


def build_dbt_resource() -> DbtProcess:
    """The dbt of this environment, on the project at the repository's root."""
    return DbtProcess(
        project_dir=str(PROJECT_DIR),
        profiles_dir=str(PROJECT_DIR),
        dbt_executable=sys.executable,
        global_config_flags=["-m", "orchestration.transform.dbt_subprocess", "--no-use-colors"],
    )


def _tell(context: dg.AssetExecutionContext, words: str) -> Any:
    return lambda holder: context.log.info(f"dbt_build {words} {holder}")


def _prepare_folders(settings: Settings) -> Path:
    """An empty run folder that starts from the last parse, so that dbt need not parse again."""
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    target = settings.dbt / "run"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(settings.dbt / "parsed" / "partial_parse.msgpack", target)
    return target


def read_ahead(stream: Iterator[Any]) -> Iterator[Any]:
    """The same events, read by a thread: storing one takes longer than making one, and dbt stalls on a full pipe.

    dbt's own lines, which the stream would print, are in run/dbt.log. An error of the stream comes after its events.
    """
    ready: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def read() -> None:
        try:
            with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
                for event in stream:
                    ready.put(event)
        except Exception as error:
            ready.put(error)
        finally:
            ready.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (event := ready.get()) is not None:
        if isinstance(event, Exception):
            raise event
        yield event


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Let dbt end with an interrupted step; does nothing when it has ended."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait()


def _report(context: dg.AssetExecutionContext, event: Any) -> None:
    """One log line for a built table or a failed test; a passed test is in the event log anyway."""
    metadata = event.metadata or {}
    if "unique_id" not in metadata:
        return
    name = metadata["unique_id"].text.split(".")[2]
    seconds = metadata.get("Execution Duration")
    took = f"{name:<58} {seconds.value:>11.1f} s" if seconds is not None else name
    if isinstance(event, dg.Output):
        context.log.info(took)
    elif getattr(event, "passed", True) is False:
        context.log.warning(f"{took}  test FAILED")
