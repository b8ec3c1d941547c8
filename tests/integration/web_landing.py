"""Landing from a web server in a test: this process or one that is killed, and what came of it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.extract import find_extractor
from orchestration.extract.pipeline import land
from orchestration.ingest.contract import enabled_contracts
from orchestration.ingest.loader import load_entity
from tests.fakes.web_server import WebServer

PROGRAM = """
import sys
from pathlib import Path
from orchestration.extract import find_extractor
from orchestration.extract.pipeline import land
from orchestration.config.settings import Settings
land(Settings(Path(sys.argv[1])), find_extractor(sys.argv[2]))
"""


def land_all(home: Path, extractor: str) -> list[Path]:
    return land(Settings(home), find_extractor(extractor))


def land_killed(home: Path, extractor: str, server: WebServer, calls: int) -> None:
    """Land in a process that gets kill -9 once the server was called so often more; fails where it ends before."""
    limit = len(server.calls) + calls
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(home), extractor], cwd=PROJECT_DIR)
    while len(server.calls) < limit:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def landed(home: Path, feed: str, entity: str, columns: str = "*") -> list[tuple]:
    """All rows of an entity in landing, sorted."""
    folder = home / "landing" / feed / entity
    if not list(folder.glob("*.parquet")):
        return []
    sql = f"select {columns} from read_parquet('{folder}/*.parquet', union_by_name = true) order by all"
    return duckdb.sql(sql).fetchall()


def everything(home: Path, feed: str) -> dict[str, list[tuple]]:
    """All that landed, by entity."""
    return {path.name: landed(home, feed, path.name) for path in sorted((home / "landing" / feed).iterdir())}


def run_loader(home: Path, feed: str) -> dict[str, tuple[int, int]]:
    """Rows accepted and rejected by entity, of those with rows."""
    settings = Settings(home, dbt_vars={"sources_enabled": [feed]})
    reports = {
        contract.entity: load_entity(settings, contract)
        for contract in enabled_contracts(settings)
        if contract.feed == feed
    }
    return {
        entity: (report.total("rows_accepted"), report.total("rows_rejected"))
        for entity, report in reports.items()
        if report.loaded
    }
