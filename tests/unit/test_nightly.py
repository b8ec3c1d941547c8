"""The exit code tells cron the truth, and a killed run does not stop the next one."""

import multiprocessing
import time
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.cli.event_log import OPEN_FILES, EventLog
from orchestration.cli.instance import prepare_dagster_home
from orchestration.cli.nightly import (
    BAD_SETTINGS,
    CHECK_FAILED,
    OK,
    RUN_FAILED,
    RUNNER_TAG,
    _conclude,
    forget_dead_runs,
    main,
)
from orchestration.config.locks import exclusive
from orchestration.config.settings import Settings
from orchestration.transform.dbt_assets import WRITER_POOL


def run(passed: bool, severity: dg.AssetCheckSeverity, crash: bool = False) -> dg.ExecuteInProcessResult:
    @dg.asset
    def mart() -> None:
        if crash:
            raise ValueError("the export is cut short")

    @dg.asset_check(asset=mart)
    def answered() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=passed, severity=severity, metadata={"figure": 0.31, "threshold": 0.1})

    job = dg.Definitions([mart], asset_checks=[answered]).resolve_implicit_global_asset_job_def()
    return job.execute_in_process(raise_on_error=False)


@pytest.mark.parametrize(
    ("passed", "severity", "code"),
    [
        (True, dg.AssetCheckSeverity.ERROR, OK),
        (False, dg.AssetCheckSeverity.WARN, OK),
        (False, dg.AssetCheckSeverity.ERROR, CHECK_FAILED),
    ],
)
def test_only_a_failed_check_of_severity_error_spoils_the_exit_code(
    passed: bool, severity: dg.AssetCheckSeverity, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert _conclude(Settings(home=tmp_path), run(passed, severity), 1.0) == code
    complaint = f"{severity.value}: check answered failed. figure 0.31 threshold 0.1"
    assert (complaint in capsys.readouterr().err) is not passed


def test_settings_that_cannot_be_used_have_an_exit_code_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LSW_HOME", str(tmp_path))
    monkeypatch.setenv("LSW_VARS", '{"direct_touch_policy": "drop"}')
    assert main() == BAD_SETTINGS
    assert "last_resort, keep" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_files_nobody_reads_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "landing" / "standard" / "lead").mkdir(parents=True)
    (tmp_path / "landing" / "standard" / "lead" / "a.csv").touch()
    assert _conclude(Settings(home=tmp_path), run(True, dg.AssetCheckSeverity.WARN), 1.0) == OK
    assert "WARN: landing/standard/lead/ is not read" in capsys.readouterr().err


def test_a_failed_run_says_which_step_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    result = run(True, dg.AssetCheckSeverity.WARN, crash=True)
    assert _conclude(Settings(home=tmp_path), result, 1.0) == RUN_FAILED
    errors = capsys.readouterr().err
    assert "FAILED: mart" in errors
    assert "the export is cut short" in errors


def test_the_slot_of_a_killed_run_is_given_back(tmp_path: Path):
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        storage = instance.event_log_storage
        storage.set_concurrency_slots(WRITER_POOL, 1)

        @dg.job
        def job() -> None: ...

        run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED, tags=RUNNER_TAG)
        assert storage.claim_concurrency_slot(WRITER_POOL, run.run_id, "dbt_build").is_claimed
        assert not storage.claim_concurrency_slot(WRITER_POOL, "next", "dbt_build").is_claimed
        storage.free_concurrency_slots_for_run("next")
        forget_dead_runs(instance)
        assert storage.claim_concurrency_slot(WRITER_POOL, "next", "dbt_build").is_claimed
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE


def test_the_event_log_stays_open_and_other_processes_read_it(tmp_path: Path):
    log = EventLog(str(tmp_path))
    for run_id in ("one", "two"):
        log.store_event(an_event(run_id))
    assert (tmp_path / "two.db-wal").exists()
    read = SqliteEventLogStorage(str(tmp_path))
    assert [len(read.get_logs_for_run(run_id)) for run_id in ("one", "two")] == [1, 1]
    log.dispose()
    assert not list(tmp_path.glob("*.db-wal"))


def test_the_event_log_keeps_few_files_open(tmp_path: Path):
    log = EventLog(str(tmp_path))
    for run in range(OPEN_FILES + 3):
        log.store_event(an_event(f"run{run}"))
    assert len(list(tmp_path.glob("run*.db-wal"))) <= OPEN_FILES
    assert len(log.get_logs_for_run("run0")) == 1
    log.dispose()


def test_dagster_s_home_uses_the_event_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings(home=tmp_path)
    for name, value in prepare_dagster_home(settings).items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.event_log_storage, EventLog)
        assert instance.get_runs() == []
    assert {path.relative_to(settings.dagster).parts[0] for path in settings.dagster.rglob("*.db")} == {
        "history",
        "schedules",
    }


def an_event(run_id: str) -> dg.EventLogEntry:
    return dg.EventLogEntry(
        error_info=None, level=20, user_message="said", run_id=run_id, timestamp=1.0, job_name="nightly"
    )


def hold(path: Path, held: multiprocessing.Event) -> None:
    with exclusive(path):
        held.set()
        time.sleep(60)


def test_the_lock_is_waited_for_and_freed_when_its_holder_is_killed(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    holder = context.Process(target=hold, args=(tmp_path / "lock", held))
    holder.start()
    assert held.wait(30)
    told: list[str] = []

    def kill_holder(who: str) -> None:
        told.append(who)
        holder.kill()

    with exclusive(tmp_path / "lock", on_wait=kill_holder):
        assert f"process {holder.pid}" in told[0]
    holder.join()
