"""Dagster's event log in SQLite files, each opened once in a process. dagster.yaml names this class.

Dagster's own opens a file and compiles its SQL for every event; closing the last connection copies the
write-ahead log and waits for the disk. On a run of 500 nodes that took a quarter of its CPU time.
"""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

# The index, and the runs somebody looks at; the webserver would open one file a run else.
OPEN_FILES = 8


class EventLog(SqliteEventLogStorage):
    """The same files and tables. `_connect` is the one place where Dagster opens them."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, sqlalchemy.Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "EventLog":
        """As Dagster makes it from dagster.yaml."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        # The lock makes it safe that threads share a connection.
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        if shard not in self._engines:
            self._engines[shard] = _open(self.conn_string_for_shard(shard))
        self._engines.move_to_end(shard)
        if len(self._engines) > OPEN_FILES:
            _, oldest = self._engines.popitem(last=False)
            oldest.dispose()
        return self._engines[shard]

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()


def _open(address: str) -> sqlalchemy.Engine:
    engine = sqlalchemy.create_engine(
        address,
        poolclass=sqlalchemy.StaticPool,
        connect_args={"timeout": 60, "check_same_thread": False},
    )
    sqlalchemy.event.listen(engine, "connect", _be_quick)
    return engine


def _be_quick(connection: sqlite3.Connection, record: object) -> None:
    """A power cut may lose the last events, never the file; a crash of the process loses nothing."""
    connection.execute("pragma synchronous = normal")
