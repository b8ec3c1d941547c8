"""A PostgreSQL server of the tests' own: data in a temporary folder, on the loopback alone."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

USER, PASSWORD = "crm", "s3cret/pass"
INSTALL = "PostgreSQL is not installed: apt-get install postgresql"


def programs() -> Path | None:
    """Where the newest PostgreSQL's programs are; none where there is no PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def server() -> Iterator[dict[str, object]]:
    """A running server as psycopg's arguments. Skips the test where PostgreSQL is missing."""
    if not (folder := programs()):
        pytest.skip(INSTALL)
    # It refuses to run as root.
    as_user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="lsw-postgres-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    password = home / "password"
    password.write_text(PASSWORD)
    if as_user:
        owner = pwd.getpwnam("postgres")
        for path in (home, password):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def run(program: str, *arguments: str) -> None:
        command = [folder / program, "-D", home / "data", *arguments]
        done = subprocess.run(
            command, cwd=home, **as_user, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout

    try:
        run("initdb", "-U", USER, f"--pwfile={password}", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k {home} -c fsync=off"
        run("pg_ctl", "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield {"host": "127.0.0.1", "port": port, "user": USER, "password": PASSWORD, "dbname": "postgres"}
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


def new_database(server: dict[str, object], name: str) -> dict[str, object]:
    """An empty database, in place of the one of that name."""
    with psycopg.connect(**server, autocommit=True) as connection:
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name}")
    return {**server, "dbname": name}


def url(database: dict[str, object]) -> str:
    """The database as SQLAlchemy's URL."""
    secret = PASSWORD.replace("/", "%2F")
    return f"postgresql+psycopg://{USER}:{secret}@127.0.0.1:{database['port']}/{database['dbname']}"
