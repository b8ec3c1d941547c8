"""`make sql`: a SQL shell on the current release that can change nothing and reads no other file.

DuckDB's own shell where it is installed, else a small one. Both also read a pipe: `echo "from fct_leads" | make sql`.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import duckdb

from orchestration.config.settings import Settings, SettingsError, read_settings

# `marts.` before a table is not needed, and does no harm.
LIMITS = ("set schema = 'marts'", "set TimeZone = 'UTC'", "set enable_external_access = false")
SHOWN_ROWS = 1_000
PIPED_WIDTH = 200
PROMPT = "sql> "


def connect(release: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can only read the release."""
    connection = duckdb.connect(str(release), read_only=True)
    for statement in (*LIMITS, "set lock_configuration = true"):
        connection.execute(statement)
    return connection


def shell_command(duckdb_cli: str, release: Path) -> list[str]:
    """DuckDB's shell with the same limits. Safe mode locks them, and starts no program; `-safe` would be too early."""
    prepared = [part for line in (*LIMITS, ".safe_mode") for part in ("-cmd", line)]
    return [duckdb_cli, "-readonly", *prepared, str(release)]


def main() -> int:
    """Does not return where DuckDB's shell is installed, else the exit code."""
    try:
        release = _release(read_settings())
    except (SettingsError, FileNotFoundError) as error:
        print(f"sql: {error}", file=sys.stderr)
        return 1
    if duckdb_cli := shutil.which("duckdb"):
        os.execv(duckdb_cli, shell_command(duckdb_cli, release))
    with connect(release) as connection:
        return converse(connection) if sys.stdin.isatty() else run(connection, sys.stdin.read())


def run(connection: duckdb.DuckDBPyConnection, text: str) -> int:
    """Show the result of each statement. Returns the exit code: 1 after the first that fails."""
    width = shutil.get_terminal_size((PIPED_WIDTH, 0)).columns
    try:
        for statement in connection.extract_statements(text):
            if result := connection.sql(statement):
                result.show(max_rows=SHOWN_ROWS, max_width=width)
    except (duckdb.Error, RuntimeError, KeyboardInterrupt) as error:
        # DuckDB raises a RuntimeError for Ctrl-C while it computes.
        print(error, file=sys.stderr)
        return 1
    return 0


def converse(connection: duckdb.DuckDBPyConnection) -> int:
    """Read statements until the input ends; a failed one is said and forgotten."""
    print("Read-only. Statements end with ;  `show tables;` lists the marts. Ctrl-D leaves.")
    for statement in statements(_lines()):
        run(connection, statement)
    return 0


def statements(lines: Iterable[str | None]) -> Iterator[str]:
    """Lines up to one that ends with a semicolon; None forgets what came before. Empty first lines are skipped."""
    text = ""
    for line in lines:
        text = "" if line is None else f"{text}{line}\n".lstrip()
        if text.rstrip().endswith(";"):
            yield text
            text = ""
    if text:
        yield text


def _lines() -> Iterator[str | None]:
    """What is typed; None for Ctrl-C."""
    # Editing and history of what is typed, where Python has it.
    with suppress(ImportError):
        import readline  # noqa: F401

    while True:
        try:
            yield input(PROMPT)
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()
            yield None


def _release(settings: Settings) -> Path:
    """Not the symlink: a session stays on one release, even while the next one goes out."""
    if not settings.published_warehouse.exists():
        raise FileNotFoundError("nothing is released yet: run `make nightly`")
    return settings.published_warehouse.resolve()


if __name__ == "__main__":
    sys.exit(main())
