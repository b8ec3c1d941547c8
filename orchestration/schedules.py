"""When things run: the nightly job and its schedule."""

import dagster as dg

from orchestration.config.settings import Settings

NIGHTLY = "nightly"


def build_schedules(settings: Settings) -> dg.Definitions:
    """The job `nightly` (everything, in order) and the schedule that starts it at four in the morning."""
    job = dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
        # In one process: starting a process costs more than most steps do.
        executor_def=dg.in_process_executor,
        description="Load what landed, build the warehouse, release the marts, check them.",
    )
    schedule = dg.ScheduleDefinition(
        name="nightly_schedule",
        job=job,
        # By then the platforms have closed the day before.
        cron_schedule="0 4 * * *",
        execution_timezone=settings.var("reporting_timezone"),
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return dg.Definitions(jobs=[job], schedules=[schedule])
