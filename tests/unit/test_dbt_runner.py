"""dbt in this process: results while it runs, its errors, and an orderly stop."""

import queue
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.transform import dbt_runner
from orchestration.transform.dbt_runner import DbtError, invoke, stream

PROFILE = "small: {target: here, outputs: {here: {type: duckdb, path: '%s', threads: 1}}}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten models that depend on each other in a row; `m3` divides by the var `divisor`."""
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: small\nprofile: small\nmodels: {small: {+materialized: table}}\n")
    (tmp_path / "profiles.yml").write_text(PROFILE % (tmp_path / "small.duckdb"))
    (tmp_path / "models" / "m0.sql").write_text("select 1 as id")
    for at in range(1, 10):
        divided = "error('no divisor')" if at == 3 else "id"
        guarded = f"case when {{{{ var('divisor', 1) }}}} = 0 then {divided} else id end"
        (tmp_path / "models" / f"m{at}.sql").write_text(f"select {guarded} as id from {{{{ ref('m{at - 1}') }}}}")
    monkeypatch.setattr(dbt_runner, "PROJECT_DIR", tmp_path)
    return tmp_path


def folders(project: Path) -> list[str]:
    return ["--target-path", str(project / "target"), "--log-path", str(project / "target")]


def built(project: Path) -> set[str]:
    """Tables of the warehouse, attached as the release does it: that fails while dbt has the file open."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{project / 'small.duckdb'}' as built (read_only)")
        tables = connection.execute("select table_name from duckdb_tables() where database_name = 'built'").fetchall()
    return {name for (name,) in tables}


def test_results_come_in_order_and_the_warehouse_is_closed_after_them(project: Path):
    manifest = invoke(["parse", *folders(project)])
    assert manifest is not None
    results = list(stream(["build", *folders(project)], manifest))
    assert [result["data"]["node_info"]["node_name"] for result in results] == [f"m{at}" for at in range(10)]
    assert built(project) == {f"m{at}" for at in range(10)}


def test_a_failed_model_is_an_error_after_the_other_results(project: Path):
    arguments = [*folders(project), "--vars", '{"divisor": 0}']
    manifest = invoke(["parse", *arguments])
    assert manifest is not None
    found = []
    with pytest.raises(DbtError, match="no divisor"):
        found.extend(result["data"]["status"] for result in stream(["build", *arguments], manifest))
    assert found == ["OK", "OK", "OK", "error"]
    assert built(project) == {"m0", "m1", "m2"}


def test_who_stops_listening_stops_dbt(project: Path):
    manifest = invoke(["parse", *folders(project)])
    assert manifest is not None
    results = stream(["build", *folders(project)], manifest)
    next(results)
    results.close()
    assert "m9" not in built(project)


def test_a_dbt_that_has_ended_is_not_interrupted(monkeypatch: pytest.MonkeyPatch):
    """Its thread may live on for a moment after its error is known."""

    class SlowQueue(queue.SimpleQueue):
        def put(self, item: Any) -> None:  # type: ignore[override]
            super().put(item)
            deadline = time.monotonic() + 0.5
            while time.monotonic() < deadline:
                pass

    def fail(*arguments: Any) -> None:
        raise DbtError("no such model")

    in_threads: list[Any] = []
    monkeypatch.setattr(dbt_runner.queue, "SimpleQueue", SlowQueue)
    monkeypatch.setattr(dbt_runner, "invoke", fail)
    monkeypatch.setattr(threading, "excepthook", in_threads.append)
    with pytest.raises(DbtError, match="no such model"):
        list(stream(["build"], None))  # type: ignore[arg-type]
    assert in_threads == []
