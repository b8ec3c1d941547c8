"""An extractor that kills itself at a chosen moment: `python -m tests.integration.killed ...`."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dlt.destinations.impl.filesystem.filesystem import FilesystemClient, FilesystemLoadJob
from dlt.pipeline.pipeline import Pipeline

from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.extract import extractor_module, find_extractor
from orchestration.extract.pipeline import land

# What is about to be called, the how manieth time, when the power goes.
MOMENTS: dict[str, tuple[Any, str, int]] = {
    "fetched": (Pipeline, "normalize", 1),
    "written": (Pipeline, "load", 1),
    "half loaded": (FilesystemLoadJob, "run", 2),
    # dlt's cursors are stored, its mark of the load is not.
    "cursors stored": (FilesystemClient, "_store_load", 1),
    "loaded": (Path, "replace", 1),
    "half moved": (Path, "replace", 2),
}


def kill_at(owner: Any, name: str, count: int) -> None:
    """Kill this process when the function is called that often."""
    real: Callable = getattr(owner, name)
    calls = []

    def counted(*arguments: Any, **named: Any) -> Any:
        calls.append(name)
        if len(calls) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(owner, name, counted)


def land_killed(home: Path, extractor: str, moment: str, function: str = "", count: int = 0) -> None:
    """Land until the moment, or until the function of the extractor's module is called that often. It must come to it.

    A count is how often what stands for the moment is called, where its own is not meant.
    """
    command = [sys.executable, "-m", "tests.integration.killed", str(home), extractor, moment, function, str(count)]
    process = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)
    assert process.returncode == -signal.SIGKILL, process.stdout + process.stderr


if __name__ == "__main__":
    home, extractor, moment, function, count = sys.argv[1:]
    module = extractor_module(extractor)
    # One file after the other, so that there is a half.
    os.environ["LOAD__WORKERS"] = "1"
    owner, called, usual = MOMENTS.get(moment, (module, function, 0))
    kill_at(owner, called, int(count) or usual)
    land(Settings(Path(home)), find_extractor(extractor))
