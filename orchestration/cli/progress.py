"""What a person sees while the nightly job runs: a line per step and table. Failed checks are said once, at its end."""

import logging
import sys
import time
from typing import Any

import dagster as dg

INDENT = "    "
# What dagster-dbt says about itself.
CHATTER = ("A dbt subsetted execution", "Running dbt command", "Finished dbt command", "Copying `")


class ProgressHandler(logging.Handler):
    """Turns Dagster's events into lines on standard output; everything else stays in the event log."""

    def __init__(self) -> None:
        super().__init__()
        # Kept from the start: a step may redirect standard output to quieten a tool.
        self.out = sys.stdout
        self.started: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line of one record, if it has one."""
        metadata: dict[str, Any] = getattr(record, "dagster_meta", {})
        event = metadata.get("dagster_event")
        line = self._event_line(event) if event else self._message_line(record, metadata)
        if line:
            print(line, file=self.out, flush=True)

    def _message_line(self, record: logging.LogRecord, metadata: dict[str, Any]) -> str | None:
        words = str(metadata.get("orig_message") or record.getMessage())
        quiet = record.levelno < logging.INFO or words.startswith(CHATTER)
        return None if quiet else f"{INDENT}{words}"

    def _event_line(self, event: Any) -> str | None:
        match event.event_type_value:
            case "STEP_START":
                self.started[event.step_key] = time.monotonic()
                return f"{event.step_key} ..."
            case "STEP_SUCCESS":
                return f"{event.step_key} done in {self._seconds(event.step_key):.1f} s"
            case "STEP_FAILURE":
                return f"{event.step_key} FAILED after {self._seconds(event.step_key):.1f} s"
            case "STEP_SKIPPED":
                return f"{event.step_key} skipped"
            case "ASSET_MATERIALIZATION":
                return _rows_line(event.materialization) or _built_line(event.materialization)
            case "ASSET_OBSERVATION":
                return _rows_line(event.asset_observation_data.asset_observation)
        return None

    def _seconds(self, step: str) -> float:
        return time.monotonic() - self.started.get(step, time.monotonic())


def _rows_line(event: dg.AssetMaterialization | dg.AssetObservation) -> str | None:
    rows = event.metadata.get("dagster/row_count")
    if rows is None:
        return None
    return f"{INDENT}{event.asset_key.to_user_string():<58} {rows.value:>12,} rows"


def _built_line(event: dg.AssetMaterialization) -> str | None:
    """A table that dbt built: its rows cannot be counted while dbt has the file open."""
    seconds = event.metadata.get("Execution Duration")
    return None if seconds is None else f"{INDENT}{event.asset_key.path[-1]:<58} {seconds.value:>11.1f} s"


@dg.logger({}, description="One readable line per step and table.")
def progress_logger(init_context: dg.InitLoggerContext) -> logging.Logger:
    """A logger of its own, so that nothing else prints through it."""
    logger = logging.Logger("lead-source-warehouse")
    logger.addHandler(ProgressHandler())
    return logger
