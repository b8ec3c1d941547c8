"""Which snapshot of the lake went out as which release: the table `run_state.releases` of the lake."""

from orchestration.config.settings import Settings
from orchestration.database.connect import open_warehouse


def record(settings: Settings, release: str, snapshot: int) -> None:
    """Keep the snapshot of a release."""
    with open_warehouse(settings) as connection:
        connection.execute("use warehouse")
        connection.execute("create schema if not exists run_state")
        connection.execute(
            "create table if not exists run_state.releases"
            " (release varchar, snapshot_id bigint, released_at timestamptz)"
        )
        connection.execute("insert into run_state.releases values (?, ?, now())", [release, snapshot])


def recorded(settings: Settings) -> dict[str, int]:
    """Snapshots by release, the oldest first; of a lake without any, none."""
    with open_warehouse(settings) as connection:
        found = connection.execute(
            "select 1 from information_schema.tables where table_catalog = 'warehouse'"
            " and table_schema = 'run_state' and table_name = 'releases'"
        ).fetchall()
        if not found:
            return {}
        rows = connection.execute("select release, snapshot_id from warehouse.run_state.releases order by released_at")
        return dict(rows.fetchall())
