"""`make nightly`: the nightly job in this process, with a readable account of it and an honest exit code.

Exit codes: 0 the release is out (a failed check of severity WARN is a remark), 1 the run failed and the previous
release stays, 2 the settings cannot be used, 3 the release is out but a check of severity ERROR failed.
"""

import os
import sys
import time
from typing import Any

import dagster as dg
from rich.console import Console

from orchestration.cli.instance import prepare_dagster_home
from orchestration.cli.summary import print_summary
from orchestration.config.locks import exclusive
from orchestration.config.settings import Settings, SettingsError, read_settings
from orchestration.ingest.landing import unread
from orchestration.release.checks import CHECKS
from orchestration.schedules import NIGHTLY
from orchestration.transform.dbt_assets import WRITER_POOL
from orchestration.transform.manifest import DbtParseError

# Runs with this tag live in the process that holds the lock; without that process they are dead.
RUNNER_TAG = {"runner": "make nightly"}
UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
PUBLIC_CHECKS = {check.name for check in CHECKS}
OK, RUN_FAILED, BAD_SETTINGS, CHECK_FAILED = 0, 1, 2, 3


def main() -> int:
    """Run the job; returns the exit code."""
    try:
        settings = read_settings()
        with exclusive(settings.home / "nightly.lock", on_wait=_tell_waiting):
            return run_nightly(settings)
    except (SettingsError, DbtParseError) as error:
        print(f"nightly: {error}", file=sys.stderr)
        return BAD_SETTINGS


def run_nightly(settings: Settings) -> int:
    """One run on the instance under `settings.dagster`, with the settings of the environment.

    The caller holds the nightly lock.
    """
    started = time.monotonic()
    os.environ.update(prepare_dagster_home(settings))
    # Imported here: reading the definitions parses the dbt project, which needs the lock and the environment above.
    from orchestration.definitions import defs

    job = defs.resolve_job_def(NIGHTLY)
    with dg.DagsterInstance.get() as instance:
        forget_dead_runs(instance)
        result = job.execute_in_process(
            instance=instance, run_config={"loggers": {"progress": {}}}, tags=RUNNER_TAG, raise_on_error=False
        )
    print()
    return _conclude(settings, result, time.monotonic() - started)


def forget_dead_runs(instance: dg.DagsterInstance) -> None:
    """Mark killed runs as failed and free the warehouse slot of every finished run."""
    for run in instance.get_runs(dg.RunsFilter(tags=RUNNER_TAG, statuses=UNFINISHED)):
        instance.report_run_failed(run, "The process was killed.")
    storage = instance.event_log_storage
    if WRITER_POOL not in storage.get_concurrency_keys():
        return
    holders = {claim.run_id for claim in storage.get_concurrency_info(WRITER_POOL).claimed_slots}
    waiting = {step.run_id for step in storage.get_concurrency_info(WRITER_POOL).pending_steps}
    for run_id in holders | waiting:
        holder = instance.get_run_by_id(run_id)
        if holder is None or holder.is_finished:
            storage.free_concurrency_slots_for_run(run_id)


def _conclude(settings: Settings, result: dg.ExecuteInProcessResult, seconds: float) -> int:
    for remark in unread(settings):
        print(f"WARN: {remark}", file=sys.stderr)
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    for check in failed:
        # The others are in the summary, in words.
        if check.check_name not in PUBLIC_CHECKS:
            print(f"{check.severity.value}: {_verdict(check)}", file=sys.stderr)
    if not result.success:
        for event in result.filter_events(lambda event: event.is_step_failure):
            print(f"FAILED: {event.step_key}\n{_cause(event)}\n", file=sys.stderr)
        print(f"The run failed after {seconds:.0f} s; the previous release stays current.", file=sys.stderr)
        return RUN_FAILED
    print(f"Released to {settings.serve / 'current'} in {seconds:.0f} s.", flush=True)
    print_summary(settings, Console(highlight=False), Console(highlight=False, stderr=True))
    errors = [check for check in failed if check.severity == dg.AssetCheckSeverity.ERROR]
    return CHECK_FAILED if errors else OK


def _verdict(check: dg.AssetCheckEvaluation) -> str:
    shown = {name: check.metadata[name].value for name in ("figure", "threshold", "why") if name in check.metadata}
    return " ".join((f"check {check.check_name} failed.", *(f"{name} {value}" for name, value in shown.items())))


def _cause(event: Any) -> str:
    """The innermost error: the outer ones only say that a step failed."""
    error = event.step_failure_data.error
    while error.cause:
        error = error.cause
    return error.message.strip()


def _tell_waiting(holder: str) -> None:
    print(f"Another nightly is running ({holder}); waiting for it to end.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
