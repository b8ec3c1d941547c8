"""The marts in PostgreSQL: the same rows, swapped as a whole, and never in anybody's way."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from orchestration.config.settings import Settings
from orchestration.release import postgres as pushed
from orchestration.release.postgres import CopyError, copy_marts
from tests.fakes import postgres

MARTS = """
    create table marts.dim_sources as
    select * from (values
        ('webinar', 'Webinar, "live"', true, 1.50::decimal(28,6), 2::bigint, 0.1::double, ['a', 'b']),
        ('a' || chr(0) || E'b\n', '', null, null, null, 'inf'::double, null),
        ('日本語', E'\\\\N', false, -3, 4, null, [])
    ) as rows (source, label, is_paid, amount, leads, share, words);
    comment on table marts.dim_sources is 'One row per source; it''s "quoted".';
    comment on column marts.dim_sources.amount is 'In EUR.';
    create table marts.fct_days as select date '2026-01-01' as day, timestamp '2026-01-01 10:00:00.123456' as at
"""


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    with postgres.server() as running:
        yield running


@pytest.fixture
def database(server: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    fresh = postgres.new_database(server, "bi")
    monkeypatch.setenv("DESTINATION__POSTGRES__CREDENTIALS", postgres.url(fresh))
    return fresh


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    release(tmp_path, MARTS)
    return Settings(tmp_path)


def release(home: Path, marts: str) -> None:
    folder = home / "serve" / "current"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "warehouse.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(f"create schema marts; {marts}")


def ask(database: dict[str, Any], query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(**database) as connection:
        return connection.execute(query).fetchall()


def test_every_value_arrives_as_it_is(database: dict[str, Any], settings: Settings):
    assert copy_marts(settings, "marts") == {"dim_sources": 3, "fct_days": 1}
    rows = ask(database, "select source, label, is_paid, amount::text, leads, share, words from marts.dim_sources")
    assert rows == [
        ("webinar", 'Webinar, "live"', True, "1.500000", 2, 0.1, ["a", "b"]),
        ("ab\n", "", None, None, None, float("inf"), None),
        ("日本語", "\\N", False, "-3.000000", 4, None, []),
    ]
    assert ask(database, "select day::text, at::text from marts.fct_days") == [
        ("2026-01-01", "2026-01-01 10:00:00.123456")
    ]
    assert ask(database, "select obj_description('marts.dim_sources'::regclass)") == [
        ('One row per source; it\'s "quoted".',)
    ]


def test_texts_that_end_a_line_or_a_copy_arrive_as_they_are(database: dict[str, Any], settings: Settings):
    texts = ["\\.", "one\n\\.\ntwo", "\r", "one\r\ntwo", '"', ",", "  ", "NULL", "x" * 300, "\u202eabc"]
    release(
        settings.home,
        "create table marts.texts as select * from (values "
        + ", ".join(f"({place}, '{words}')" for place, words in enumerate(texts))
        + ") as rows (place, words)",
    )
    copy_marts(settings, "marts")
    assert ask(database, "select words from marts.texts order by place") == [(words,) for words in texts]


def test_readers_see_one_release_or_the_next_and_keep_their_rights(database: dict[str, Any], settings: Settings):
    copy_marts(settings, "marts")
    with psycopg.connect(**database, autocommit=True) as owner:
        owner.execute("drop role if exists reader")
        owner.execute("create role reader; grant usage on schema marts to reader")
        owner.execute('drop role if exists "Power {BI}"; create role "Power {BI}"')
        owner.execute('grant usage on schema marts to "Power {BI}"')
        owner.execute("grant select on all tables in schema marts to reader")
    release(settings.home, "create table marts.dim_sources as select 'next' as source")
    seen: set[tuple[Any, ...]] = set()
    stop = threading.Event()

    def read() -> None:
        with psycopg.connect(**database, autocommit=True) as connection:
            connection.execute("set role reader")
            while not stop.is_set():
                seen.add(tuple(sorted(row[0] for row in connection.execute("select source from marts.dim_sources"))))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        with psycopg.connect(**database) as slow:
            # A long report on the former release holds up nobody.
            slow.execute("select * from marts.dim_sources")
            slow.execute("select 1")
            pushed.DROP_TIMEOUT, before = "100ms", pushed.DROP_TIMEOUT
            copy_marts(settings, "marts")
            pushed.DROP_TIMEOUT = before
        copy_marts(settings, "marts")
    finally:
        stop.set()
        reader.join()
    assert seen <= {("ab\n", "webinar", "日本語"), ("next",)}
    assert ask(database, "select source from marts.dim_sources") == [("next",)]
    assert ask(database, "select count(*) from pg_namespace where nspname like 'marts%'") == [(1,)]
    assert ask(database, "select has_table_privilege('reader', 'marts.dim_sources', 'select')") == [(True,)]
    assert ask(database, "select has_table_privilege('Power {BI}', 'marts.dim_sources', 'select')") == [(True,)]
    with psycopg.connect(**database) as owner:
        for role in ("reader", '"Power {BI}"'):
            owner.execute(f"drop owned by {role}; drop role {role}")


def test_a_copy_that_fails_leaves_what_was_there(
    database: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    copy_marts(settings, "marts")
    release(settings.home, "create table marts.a as select 1 as one; create table marts.b as select 'x' as two")
    monkeypatch.setattr(pushed, "_type", lambda _: "integer")
    with pytest.raises(CopyError, match='invalid input syntax for type integer: "x"'):
        copy_marts(settings, "marts")
    assert ask(database, "select count(*) from marts.dim_sources") == [(3,)]
    assert ask(database, "select count(*) from pg_namespace where nspname like 'marts%'") == [(1,)]


@pytest.mark.parametrize("schema", ["marts", "marts_next"])
def test_what_is_not_ours_is_not_replaced(database: dict[str, Any], settings: Settings, schema: str):
    with psycopg.connect(**database) as owner:
        owner.execute(f"create schema {schema}; create table {schema}.own as select 1 as one")
    with pytest.raises(CopyError, match=rf"schema {schema} is not of this warehouse.*postgres_schema"):
        copy_marts(settings, "marts")
    assert ask(database, f"select one from {schema}.own") == [(1,)]


def test_views_on_the_marts_are_named_and_kept(database: dict[str, Any], settings: Settings):
    copy_marts(settings, "marts")
    with psycopg.connect(**database) as owner:
        owner.execute("create view public.report as select source from marts.dim_sources")
    with pytest.raises(CopyError, match="views read them: report; drop them"):
        copy_marts(settings, "marts")
    assert len(ask(database, "select * from public.report")) == 3


@pytest.mark.parametrize(
    "definition",
    [
        "materialized view public.report as select source from marts.dim_sources",
        "function public.report() returns bigint begin atomic select count(*) from marts.dim_sources; end",
        "function public.report() returns setof marts.dim_sources language sql as 'select * from marts.dim_sources'",
        "table public.report (id integer) inherits (marts.dim_sources)",
        "table public.report (id integer, kept marts.dim_sources)",
    ],
)
def test_whatever_is_defined_by_a_mart_is_named_and_kept(database: dict[str, Any], settings: Settings, definition: str):
    copy_marts(settings, "marts")
    with psycopg.connect(**database) as owner:
        owner.execute(f"create {definition}")
    with pytest.raises(CopyError, match=r"read them:.*report.*; drop them"):
        copy_marts(settings, "marts")


def test_a_view_that_comes_while_the_tables_are_loaded_is_kept(
    database: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    copy_marts(settings, "marts")
    swap = pushed._swap

    def after_a_view(connection: psycopg.Connection, schema: str) -> None:
        with psycopg.connect(**database) as owner:
            owner.execute("create view public.report as select source from marts.dim_sources")
        swap(connection, schema)

    with monkeypatch.context() as patched:
        patched.setattr(pushed, "_swap", after_a_view)
        copy_marts(settings, "marts")
    assert len(ask(database, "select * from public.report")) == 3
    with pytest.raises(CopyError, match="views read them: report; drop them"):
        copy_marts(settings, "marts")
    with psycopg.connect(**database) as owner:
        owner.execute("drop view public.report")
    copy_marts(settings, "marts")
    assert ask(database, "select count(*) from pg_namespace where nspname like 'marts%'") == [(1,)]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://crm:wr0ng@127.0.0.1:{port}/bi", "password authentication failed"),
        ("postgresql://crm:wr0ng@127.0.0.1:1/bi", "connection failed|refused"),
        ("", "missing destination.postgres.credentials .DESTINATION__POSTGRES__CREDENTIALS."),
    ],
)
def test_what_cannot_be_reached_names_the_setting_and_no_secret(
    database: dict[str, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str, why: str
):
    monkeypatch.setenv("DESTINATION__POSTGRES__CREDENTIALS", url.format(port=database["port"]))
    with pytest.raises(CopyError, match=why) as refusal:
        copy_marts(settings, "marts")
    assert "wr0ng" not in str(refusal.value)
    assert "destination.postgres.credentials" in str(refusal.value)
