"""What a database says arrives: exactly, in one piece, of one moment, whatever happens on the way."""

import json
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import psycopg
import pytest

from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.extract import find_extractor, sql_database
from orchestration.extract.pipeline import ExtractError, land
from orchestration.ingest.contract import load_contracts
from orchestration.ingest.loader import load_entity
from tests.fakes import postgres
from tests.integration.killed import MOMENTS, land_killed

LEADS = "create table leads (lead_id int primary key, created_at timestamptz default now(), email text)"
ACCOUNTS = "create table accounts (account_id int primary key, name text)"


@pytest.fixture(scope="module")
def server():
    with postgres.server() as running:
        yield running


@pytest.fixture
def database(server, monkeypatch):
    """An empty PostgreSQL database that the settings point to."""
    fresh = postgres.new_database(server, "crm")
    monkeypatch.setenv("SOURCES__SQL_CRM__CREDENTIALS", postgres.url(fresh))
    return fresh


@pytest.fixture
def sqlite(tmp_path, monkeypatch) -> Path:
    """A SQLite file that the settings point to."""
    path = tmp_path / "crm.db"
    monkeypatch.setenv("SOURCES__SQL_CRM__CREDENTIALS", f"sqlite:///{path}")
    return path


@pytest.fixture
def ask(monkeypatch):
    """Name the queries."""
    return lambda **queries: monkeypatch.setenv("SOURCES__SQL_CRM__QUERIES", json.dumps(queries))


def write(database: dict, *statements: str) -> None:
    with psycopg.connect(**database) as connection:
        for statement in statements:
            connection.execute(statement)


def land_all(home: Path) -> list[Path]:
    return land(Settings(home), find_extractor("sql_crm"))


def landed(home: Path, entity: str, columns: str = "*") -> list[tuple]:
    files = home / "landing" / "sql_crm" / entity / "*.parquet"
    return duckdb.sql(f"select {columns} from read_parquet('{files}') order by all").fetchall()


def snapshots(home: Path, entity: str) -> set[tuple]:
    return set(landed(home, entity, "snapshot_at"))


def test_values_arrive_exactly(database, home, ask):
    write(database, "alter database crm set timezone = 'Asia/Kolkata'")
    ask(
        leads="""
            select 1 as lead_id, 0.1 + 0.2 as sum, 12345678901234567890.123456789 as long, 0.0000000000 as zero,
                timestamptz '2026-07-01 12:00:00.000001+05:30' as at, timestamp '2026-07-01 12:00' as plain,
                date '2026-07-01' as created_at, true as yes, false as no, null::int as nothing, '' as empty,
                '10%, "a:b", é, ' || chr(10) as text, '{"a": [1.50, null]}'::jsonb as json, 0.1::float8 as float,
                '\\x00ff'::bytea as bytes
        """
    )
    land_all(home)
    [row] = landed(home, "leads", "* exclude snapshot_at")
    assert row == (
        "1", "0.3", "12345678901234567890.123456789", "0.0000000000",
        "2026-07-01T06:30:00.000001+00:00", "2026-07-01T12:00:00",
        "2026-07-01", "true", "false", None, "",
        '10%, "a:b", é, \n', '{"a": [1.5, null]}', "0.1",
        "00ff",
    )  # fmt: skip


def test_the_loader_reads_what_landed(database, home, ask):
    ask(
        opportunities="""
            select 7 as opportunity_id, 3 as lead_id, timestamptz '2026-07-01 01:00+02' as created_at,
                123456789012.345678 as amount, true as is_won, 'kept' as more
        """
    )
    land_all(home)
    [contract] = [one for one in load_contracts() if (one.feed, one.entity) == ("sql_crm", "opportunities")]
    report = load_entity(Settings(home), contract)
    assert (report.total("rows_accepted"), report.total("rows_rejected")) == (1, 0)
    raw = home / "raw/sql_crm/opportunities/[0-9a-f]*.parquet"
    [row] = duckdb.sql(f"select created_at, amount::varchar, is_won, extra from '{raw}'").fetchall()
    assert row == (datetime(2026, 6, 30, 23), "123456789012.345678", True, '{"more":"kept"}')


def test_sqlite_is_a_database_too(sqlite, home, ask):
    with sqlite3.connect(sqlite) as connection:
        connection.execute(
            "create table leads (lead_id integer, created_at text, amount text, sum real, is_deleted boolean)"
        )
        connection.execute("insert into leads values (1, '2026-07-01 10:00:00', '12345678901234567890.10', 0.1+0.2, 1)")
        connection.execute("insert into leads values (2, null, null, null, null)")
    ask(leads="leads")
    land_all(home)
    assert landed(home, "leads", "* exclude snapshot_at") == [
        ("1", "2026-07-01 10:00:00", "12345678901234567890.10", "0.30000000000000004", "1"),
        ("2", None, None, None, None),
    ]


def test_every_load_is_a_snapshot_with_one_time(database, home, ask):
    write(database, LEADS, ACCOUNTS, "insert into leads values (1), (2)", "insert into accounts values (1, 'a')")
    ask(leads="select * from leads", accounts="accounts")
    times = []
    for _ in range(2):
        before = datetime.now(UTC).isoformat()
        files = land_all(home)
        [times_of_load] = duckdb.sql(
            f"select distinct snapshot_at from read_parquet({[str(file) for file in files]}, union_by_name = true)"
        ).fetchall()
        assert before <= times_of_load[0] <= datetime.now(UTC).isoformat()
        times.append(times_of_load[0])
        write(database, "delete from leads where lead_id = 2", "update leads set email = 'new'")
    first, second = times
    assert landed(home, "leads", "snapshot_at, lead_id, email") == [
        (first, "1", None), (first, "2", None), (second, "1", "new"),
    ]  # fmt: skip


@pytest.mark.parametrize("engine", ["postgres", "sqlite"])
def test_all_tables_are_of_one_moment(request, home, ask, monkeypatch, engine):
    """Somebody writes to both tables once the first was read: neither shows it."""
    if engine == "postgres":
        database = request.getfixturevalue("database")
        connect = lambda: psycopg.connect(**database)  # noqa: E731
    else:
        path = request.getfixturevalue("sqlite")
        connect = lambda: sqlite3.connect(path)  # noqa: E731
        with sqlite3.connect(path) as connection:
            connection.execute("pragma journal_mode = wal")
    with connect() as connection:
        for table in ("leads", "accounts"):
            connection.execute(f"create table {table} (id int)")
            connection.execute(f"insert into {table} values (1)")
    real, written = sql_database._read, []

    def read_then_write(*arguments):
        yield from real(*arguments)
        if not written:
            with connect() as connection:
                connection.execute("insert into leads values (2)")
                connection.execute("insert into accounts values (2)")
            written.append(True)

    monkeypatch.setattr(sql_database, "_read", read_then_write)
    ask(leads="select id as lead_id, id as created_at from leads", accounts="select id as account_id from accounts")
    land_all(home)
    assert written
    assert (landed(home, "leads", "lead_id"), landed(home, "accounts", "account_id")) == ([("1",)], [("1",)])


def test_nothing_can_be_written(database, home, ask):
    write(database, "create sequence numbers")
    ask(leads="select nextval('numbers') as lead_id, now() as created_at")
    with pytest.raises(ExtractError, match="read-only transaction"):
        land_all(home)


def test_a_large_table_is_streamed(database, home, ask):
    """100,000 rows of 1 kB pass without ever being in memory together."""

    def peak(rows: int) -> int:
        long = "md5(i::text) || repeat('x', 1000) as note"
        ask(leads=f"select i as lead_id, now() as created_at, {long} from generate_series(1, {rows}) i")
        program = (
            "import resource, sys; from pathlib import Path; from tests.integration.test_sql_database import land_all; "
            "land_all(Path(sys.argv[1])); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10)"
        )
        command = [sys.executable, "-c", program, str(home / str(rows))]
        return int(subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, check=True).stdout)

    assert peak(100_000) - peak(20_000) < 40 << 20
    counts = "count(*), count(distinct note), max(lead_id::int)"
    assert landed(home / "100000", "leads", counts) == [(100_000, 100_000, 100_000)]


def test_a_table_without_rows_lands_with_its_columns_every_time(database, home, ask):
    """Each is a file of its own to the loader, so that sql_crm_snapshots_are_whole warns of this run's."""
    write(database, LEADS)
    ask(leads="leads")
    files = land_all(home) + land_all(home)
    [contract] = [one for one in load_contracts() if (one.feed, one.entity) == ("sql_crm", "leads")]
    report = load_entity(Settings(home), contract)
    assert [(file.rows_read, file.file_reason) for file in report.loaded] == [(0, None)] * len(files)
    assert len(files) == 2


def test_a_query_may_change_between_loads(database, home, ask):
    ask(leads="select 1 as lead_id, now() as created_at, 'a' as owner, 2 as employees")
    land_all(home)
    ask(leads="select 'x' as status, now() as created_at, 2 as lead_id, 'many' as employees")
    [file] = land_all(home)
    assert duckdb.sql(f"select lead_id, owner, status, employees from '{file}'").fetchall() == [
        ("2", None, "x", "many")
    ]


@pytest.mark.slowest
@pytest.mark.parametrize("dlt_folder", ["kept", "lost"])
@pytest.mark.parametrize("moment", ["reading", *MOMENTS])
def test_a_killed_load_loses_and_repeats_nothing(database, home, ask, moment, dlt_folder):
    """Of every snapshot that lands every row does, once, and the killed one lands where it was read to its end."""
    write(database, LEADS, ACCOUNTS, "insert into accounts values (1, 'a'), (2, 'b')")
    write(database, "insert into leads (lead_id) select * from generate_series(1, 25000)")
    ask(accounts="accounts", leads="leads")
    land_all(home)
    land_killed(home, "sql_crm", moment, *(("_text", 60_000) if moment == "reading" else ()))
    if dlt_folder == "lost":
        shutil.rmtree(home / "dlt")
    land_all(home)
    survives = moment != "reading" if dlt_folder == "kept" else moment in ("loaded", "half moved")
    files = home / "landing/sql_crm/leads/*.parquet"
    counts = f"select count(*), count(distinct lead_id) from read_parquet('{files}') group by snapshot_at"
    assert duckdb.sql(counts).fetchall() == [(25_000, 25_000)] * (2 + survives)
    assert landed(home, "accounts", "account_id") == sorted([("1",), ("2",)] * (2 + survives))
    assert snapshots(home, "accounts") == snapshots(home, "leads")


FAULTS = {
    "no queries": ({}, "there are no queries", "sources.sql_crm.queries"),
    "unknown entity": ({"lead": "leads"}, "queries.lead is no entity", "opportunities"),
    "empty query": ({"leads": " "}, "must be a query", "sources.sql_crm.queries.leads"),
    "failing query": (
        {"accounts": "select 1 as account_id", "leads": "select nobody from leads"},
        'column "nobody" does not exist',
        "sources.sql_crm.queries.leads",
    ),
    "failing row": (
        {"leads": "select 1 / (i - 20000) as lead_id, now() as created_at from generate_series(1, 30000) i"},
        "division by zero",
        "sources.sql_crm.queries.leads",
    ),
    "no such table": ({"leads": "crm.people"}, 'relation "crm.people" does not exist', "sources.sql_crm.queries.leads"),
    "column twice": ({"leads": "select 1 as a, 2 as a"}, "columns named twice: a", "sources.sql_crm.queries.leads"),
    "vanished column": ({"leads": "select 1 as lead_id"}, "gives no created_at", "sources.sql_crm.queries.leads"),
    "own column": ({"leads": "select 1 as snapshot_at"}, "twice: snapshot_at", "sources.sql_crm.queries.leads"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_query_is_told(database, home, ask, fault):
    queries, why, where = FAULTS[fault]
    write(database, LEADS)
    ask(**queries)
    with pytest.raises(ExtractError) as refusal:
        land_all(home)
    told = str(refusal.value)
    assert told.startswith("sql_crm: ")
    assert why in told
    assert where in told
    assert postgres.PASSWORD not in told
    assert not list((home / "landing").glob("sql_crm/*/*"))


def test_the_next_run_does_without_what_failed(database, home, ask):
    ask(leads="select * from nowhere")
    with pytest.raises(ExtractError):
        land_all(home)
    ask(leads="select 1 as lead_id, now() as created_at")
    assert len(land_all(home)) == 1


def with_credentials(database: dict, case: str) -> str:
    return {
        "wrong password": postgres.url(database).replace("s3cret", "wr0ng"),
        "host down": postgres.url({**database, "port": 1}),
        "no such database": postgres.url({**database, "dbname": "nowhere"}),
        "no such driver": "oracle+nowhere://crm:s3cret@127.0.0.1/crm",
        "driver not installed": "mysql+pymysql://crm:s3cret@127.0.0.1/crm",
        "no address": "crm:s3cret",
        "odd password": "postgresql+psycopg://crm:s3cret@wr0ng@127.0.0.1/crm",
        "no such file": "sqlite:////nowhere/crm.db",
    }[case]


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ("wrong password", "password authentication failed"),
        ("host down", "refused"),
        ("no such database", '"nowhere" does not exist'),
        ("no such driver", "oracle.nowhere"),
        ("driver not installed", "pymysql"),
        ("no address", "connection string"),
        ("odd password", "write @ as %40"),
        ("no such file", "no file /nowhere/crm.db"),
    ],
)
def test_a_database_out_of_reach_is_told_without_the_password(database, home, ask, monkeypatch, case, why):
    ask(leads="select 1 as lead_id, now() as created_at")
    monkeypatch.setenv("SOURCES__SQL_CRM__CREDENTIALS", with_credentials(database, case))
    with pytest.raises(ExtractError) as refusal:
        land_all(home)
    told = str(refusal.value)
    assert told.startswith("sql_crm: ")
    assert why in told
    assert "sources.sql_crm.credentials" in told
    assert not [secret for secret in ("s3cret", "wr0ng") if secret in told]


def test_without_settings_it_says_which(home, monkeypatch):
    monkeypatch.delenv("SOURCES__SQL_CRM__CREDENTIALS", raising=False)
    monkeypatch.delenv("SOURCES__SQL_CRM__QUERIES", raising=False)
    with pytest.raises(ExtractError, match="SOURCES__SQL_CRM__CREDENTIALS"):
        land_all(home)
