"""A copy of the released marts in a PostgreSQL database, for BI tools that read no files.

The tables are loaded aside and swapped in with one rename of schemas: readers see the whole release before or the whole
one after, and a failed copy leaves what was there. Roles keep what they may read.
"""

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import duckdb
import psycopg
from psycopg import sql

from orchestration.config.settings import Settings

CREDENTIALS = "destination.postgres.credentials"
COPIED = "copied"
# On the schema, so that nothing of anybody else's is replaced.
MARK = "Marts of the lead-source warehouse; replaced as a whole after each release."
TYPES = {
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}
NEXT = "_next"
FORMER = "_former_"
# Readers of the former tables may hold them; they are then dropped after the next release.
DROP_TIMEOUT = "10s"
CHUNK_BYTES = 1 << 20


class CopyError(RuntimeError):
    """The marts could not be copied; the message says why and which setting to look at."""


def build_postgres_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """Asset `postgres_marts`, after the release; none where the var `postgres_schema` is empty."""
    schema = settings.var("postgres_schema")
    if not schema:
        return []

    @dg.asset(
        deps=["release"],
        group_name="release",
        owners=["team:data"],
        kinds={"postgres"},
        description=f"The released marts in schema `{schema}` of a PostgreSQL database; it changes as a whole.",
        check_specs=[
            dg.AssetCheckSpec(
                COPIED,
                asset="postgres_marts",
                description="Does PostgreSQL have the release? Where not, its figures are those of the last copy.",
            )
        ],
    )
    def postgres_marts(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        try:
            rows = copy_marts(settings, schema)
        except CopyError as error:
            # The release is out; who reads the files does not depend on it.
            return _result(False, {"why": str(error)})
        return _result(True, {"tables": len(rows), "dagster/row_count": sum(rows.values())})

    return [postgres_marts]


def _result(passed: bool, metadata: dict) -> dg.MaterializeResult:
    verdict = dg.AssetCheckResult(
        check_name=COPIED, passed=passed, severity=dg.AssetCheckSeverity.ERROR, metadata=metadata
    )
    return dg.MaterializeResult(metadata=metadata, check_results=[verdict])


def copy_marts(settings: Settings, schema: str) -> Mapping[str, int]:
    """Replace the schema by the current release; rows by table. Raises CopyError."""
    release = settings.published_warehouse.resolve()
    try:
        with psycopg.connect(credentials(), connect_timeout=30) as connection:
            _check_schema(connection, schema)
            rows = _load_aside(connection, release, f"{schema}{NEXT}")
            _keep_grants(connection, schema, f"{schema}{NEXT}")
            _swap(connection, schema)
            connection.commit()
            _drop_former(connection, schema)
    except psycopg.Error as error:
        raise CopyError(f"postgres: {str(error).strip()}; look at {_setting()}") from error
    return rows


def credentials() -> str:
    """The database's URL, a setting of dlt's as those of the extractors are. Raises CopyError."""
    # Imported here: dlt takes a second to import.
    import dlt

    url = dlt.secrets.get(CREDENTIALS, str)
    if not url:
        raise CopyError(f"postgres: missing {_setting()}, like postgresql://user:password@host:5432/database")
    return url.replace("postgresql+psycopg://", "postgresql://")


def _setting() -> str:
    return f"{CREDENTIALS} ({CREDENTIALS.replace('.', '__').upper()})"


def _check_schema(connection: psycopg.Connection, schema: str) -> None:
    """Raises CopyError where a schema is not ours, or something of others would lose its tables."""
    found = connection.execute(
        "select nspname from pg_namespace"
        " where nspname in (%s, %s) and obj_description(oid, 'pg_namespace') is distinct from %s",
        [schema, f"{schema}{NEXT}", MARK],
    ).fetchone()
    if found:
        raise CopyError(
            f"postgres: schema {found[0]} is not of this warehouse; name another one in var postgres_schema"
        )
    if readers := [name for ours in (schema, *_former(connection, schema)) for name in _readers(connection, ours)]:
        names = ", ".join(readers)
        raise CopyError(f"postgres: the tables are replaced, and views read them: {names}; drop them, or copy the rows")


def _readers(connection: psycopg.Connection, schema: str) -> list[str]:
    """Views, and all else that is defined by a table of the schema and would be dropped with it."""
    found = connection.execute(
        "select distinct coalesce(rules.ev_class::regclass::text,"
        " pg_describe_object(depends.classid, depends.objid, depends.objsubid)) as name"
        " from pg_depend as depends left join pg_rewrite as rules"
        " on depends.classid = 'pg_rewrite'::regclass and depends.objid = rules.oid"
        " where depends.deptype = 'n' and (depends.refclassid, depends.refobjid) in ("
        "select 'pg_class'::regclass, oid from pg_class where relnamespace = to_regnamespace(quote_ident(%s))"
        " union all select 'pg_type'::regclass, oid from pg_type where typnamespace = to_regnamespace(quote_ident(%s)))"
        " order by name",
        [schema, schema],
    ).fetchall()
    return [name for (name,) in found]


def _load_aside(connection: psycopg.Connection, release: Path, schema: str) -> dict[str, int]:
    space = sql.Identifier(schema)
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(space))
    connection.execute(sql.SQL("create schema {}").format(space))
    connection.execute(sql.SQL("comment on schema {} is {}").format(space, sql.Literal(MARK)))
    rows: dict[str, int] = {}
    with duckdb.connect(str(release), read_only=True) as warehouse:
        tables = warehouse.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'marts' order by table_name"
        ).fetchall()
        for table, comment in tables:
            rows[table] = _load_table(connection, warehouse, schema, table, comment)
    return rows


def _load_table(
    connection: psycopg.Connection, warehouse: duckdb.DuckDBPyConnection, schema: str, table: str, comment: str | None
) -> int:
    columns = warehouse.execute(
        "select column_name, data_type, comment from duckdb_columns()"
        " where schema_name = 'marts' and table_name = ? order by column_index",
        [table],
    ).fetchall()
    target = sql.Identifier(schema, table)
    definitions = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_type(type_))) for name, type_, _ in columns]
    connection.execute(sql.SQL("create table {} ({})").format(target, sql.SQL(", ").join(definitions)))
    connection.execute(sql.SQL("comment on table {} is {}").format(target, sql.Literal(comment)))
    for name, _, words in columns:
        column = sql.Identifier(schema, table, name)
        connection.execute(sql.SQL("comment on column {} is {}").format(column, sql.Literal(words)))
    selected = ", ".join(_value(name, type_) for name, type_, _ in columns)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        # An empty cell is null and a quoted one is an empty text, for both.
        warehouse.execute(f"copy (select {selected} from marts.\"{table}\") to '{path}' (format csv, header false)")
        with connection.cursor() as cursor:
            with (
                cursor.copy(sql.SQL("copy {} from stdin (format csv)").format(target)) as copy,
                path.open("rb") as file,
            ):
                while chunk := file.read(CHUNK_BYTES):
                    copy.write(chunk)
            return cursor.rowcount


def _type(duckdb_type: str) -> str:
    if duckdb_type.startswith("DECIMAL"):
        return duckdb_type.replace("DECIMAL", "numeric")
    return "jsonb" if duckdb_type.endswith("[]") else TYPES.get(duckdb_type, "text")


def _value(name: str, duckdb_type: str) -> str:
    """A column as PostgreSQL takes it: no lists, and no NUL in texts."""
    if duckdb_type.endswith("[]"):
        return f'to_json("{name}")'
    return f"replace(\"{name}\", chr(0), '')" if duckdb_type == "VARCHAR" else f'"{name}"'


def _keep_grants(connection: psycopg.Connection, schema: str, new: str) -> None:
    """Whoever may read the schema may read the new one, tables that are new in it too."""
    readers = connection.execute(
        # Written as PostgreSQL reads a role: in quotes where its name needs them.
        "select distinct case when acl.grantee = 0 then 'public' else acl.grantee::regrole::text end"
        " from pg_namespace as spaces, aclexplode(spaces.nspacl) as acl"
        " where spaces.nspname = %s and acl.privilege_type = 'USAGE' and acl.grantee <> spaces.nspowner",
        [schema],
    ).fetchall()
    for (role,) in readers:
        for grant in ("usage on schema", "select on all tables in schema"):
            statement = sql.SQL("grant {} {} to {}")
            connection.execute(statement.format(sql.SQL(grant), sql.Identifier(new), sql.SQL(role)))


def _swap(connection: psycopg.Connection, schema: str) -> None:
    rename = sql.SQL("alter schema {} rename to {}")
    if connection.execute("select 1 from pg_namespace where nspname = %s", [schema]).fetchone():
        former = f"{schema}{FORMER}{time.time_ns()}"
        connection.execute(rename.format(sql.Identifier(schema), sql.Identifier(former)))
    connection.execute(rename.format(sql.Identifier(f"{schema}{NEXT}"), sql.Identifier(schema)))


def _former(connection: psycopg.Connection, schema: str) -> list[str]:
    found = connection.execute(
        "select nspname from pg_namespace where starts_with(nspname, %s) and obj_description(oid, 'pg_namespace') = %s",
        [f"{schema}{FORMER}", MARK],
    ).fetchall()
    return [name for (name,) in found]


def _drop_former(connection: psycopg.Connection, schema: str) -> None:
    """After the swap: a reader of a former table would hold it up, and with it all others."""
    for name in _former(connection, schema):
        if _readers(connection, name):
            # A view that came while the tables were loaded; the next copy names it.
            continue
        connection.execute(f"set lock_timeout = '{DROP_TIMEOUT}'")
        try:
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(name)))
            connection.commit()
        except psycopg.errors.LockNotAvailable:
            connection.rollback()
