"""Locks between processes. The kernel frees them when their holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


@contextmanager
def exclusive(path: Path, on_wait: Callable[[str], None] = lambda holder: None) -> Iterator[None]:
    """Hold `path` alone. `on_wait` is called once with its holder, then the call waits until it is free."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait(os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another process")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def wait_until_closed(warehouse: Path, on_wait: Callable[[str], None], timeout_seconds: float = 1800) -> None:
    """Return once no process has the warehouse open: the dbt of a killed run may still be finishing its last model.

    Raises the database's own error, which names the process, when the time is over.
    """
    deadline = time.monotonic() + timeout_seconds
    reported = False
    while warehouse.exists():
        try:
            duckdb.connect(str(warehouse)).close()
            return
        except duckdb.IOException as error:
            if "lock" not in str(error).lower() or time.monotonic() > deadline:
                raise
            if not reported:
                on_wait(str(error))
                reported = True
            time.sleep(0.5)
