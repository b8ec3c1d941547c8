"""dbt in this process: a command's results while it runs, and its errors.

Starting dbt a second time, as a child process, costs 4 CPU seconds a run: imports, reading the manifest, passing every
event through a pipe as JSON. A killed process takes its dbt with it. What an event means to Dagster does not belong
here.
"""

import ctypes
import gc
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orchestration.config.settings import PROJECT_DIR, read_settings

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# dbt's events that say how a seed, model or test ended.
RESULT_EVENTS = ("LogSeedResult", "LogModelResult", "LogTestResult")
Event = dict[str, Any]


class DbtError(RuntimeError):
    """dbt failed; the message is dbt's."""


def invoke(
    command: list[str], manifest: "Manifest | None" = None, on_result: Callable[[Event], None] = lambda event: None
) -> "Manifest | None":
    """Run a dbt command on this project and return the manifest it parsed, if it did. Raises DbtError."""
    # Imported here: whoever only reads the asset graph does without dbt, which takes a second to import.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.functions import msg_to_dict

    if read_settings().is_spark:
        # Imported here, as only this target has its packages.
        from orchestration.transform.spark_adapter import register

        register()
    errors: list[str] = []

    def listen(message: Any) -> None:
        if message.info.name in RESULT_EVENTS:
            on_result(msg_to_dict(message))
        if message.info.level == "error":
            errors.append(message.info.msg)

    folder = str(PROJECT_DIR)
    common = ["--log-level", "none", "--log-level-file", "info", "--no-use-colors", "--no-print"]
    try:
        done = dbtRunner(manifest=manifest, callbacks=[listen]).invoke(
            [*common, *command, "--project-dir", folder, "--profiles-dir", folder]
        )
    finally:
        # Else the warehouse stays open, and locked, until this process ends.
        DuckDBConnectionManager.close_all_connections()
    if not done.success:
        raise DbtError("\n\n".join(errors) or str(done.exception))
    return done.result if isinstance(done.result, Manifest) else None


def stream(command: list[str], manifest: "Manifest") -> Iterator[Event]:
    """The results of a dbt command while it runs in a thread of its own. Raises DbtError after the last of them.

    Storing results overlaps with the queries that follow. An interrupt stops dbt after the model it is at.
    """
    ready: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            with _rare_garbage_collection():
                invoke(command, manifest, ready.put)
            ready.put(None)
        except BaseException as error:
            ready.put(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while (event := ready.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            yield event
    finally:
        if thread.is_alive():
            # What Ctrl-C does to dbt where it has the main thread.
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident or 0), ctypes.py_object(KeyboardInterrupt)
            )
        thread.join()


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    """Reading manifest and asset graph for garbage, again and again, takes a tenth of a run's CPU time."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
