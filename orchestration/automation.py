"""When things run: the nightly job and its schedule."""

import dagster as dg

from orchestration.settings import Settings

NIGHTLY = "nightly"


def build_nightly_job() -> dg.UnresolvedAssetJobDefinition:
    """Everything, in order, in one process: starting a process costs more than most steps do."""
    return dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
        executor_def=dg.in_process_executor,
        description="Load what landed, build the warehouse, release the marts, check them.",
    )


def build_nightly_schedule(settings: Settings, job: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """Four in the morning where the reports are read, when the platforms have closed the day before."""
    return dg.ScheduleDefinition(
        name="nightly_schedule",
        job=job,
        cron_schedule="0 4 * * *",
        execution_timezone=settings.var("reporting_timezone"),
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
