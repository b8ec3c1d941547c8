"""The commands of docs/bi_tools.md read a release as they stand there, and write nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import adbc_driver_duckdb
import duckdb
import pandas
import polars
import pyarrow.parquet
import pytest
import sqlalchemy
from adbc_driver_manager import dbapi

from orchestration.config.settings import PROJECT_DIR, Settings
from orchestration.release.publish import publish

PAGE = (PROJECT_DIR / "docs" / "bi_tools.md").read_text()
BLOCKS: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
PYTHON = [code for language, code in BLOCKS if language == "python"]
SHELL = [code for language, code in BLOCKS if language == "sh"]
# What each recipe asks for.
ANSWER = [('café, "北"', 2.5), ("google_ads", 10.0), ("trade_fair", None)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A release with one mart."""
    settings = Settings(home=tmp_path)
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.fct_source_cac_ltv (source varchar, attribution_model varchar, customers double)"
        )
        rows = [(source, "w_shaped", customers) for source, customers in ANSWER]
        connection.executemany(
            "insert into marts.fct_source_cac_ltv values (?, ?, ?)", [*rows, ("google_ads", "last_touch", 99.0)]
        )
    publish(settings)
    return settings.home


def here(code: str, home: Path) -> str:
    return code.replace("/data/leads", str(home))


def rows_of(table: Any) -> list[tuple]:
    """Rows of a table of any library, in order."""
    if isinstance(table, pandas.DataFrame):
        table = polars.from_pandas(table)
    if isinstance(table, pyarrow.Table):
        table = polars.from_arrow(table)
    if isinstance(table, polars.DataFrame):
        table = table.rows()
    return sorted(map(tuple, table))


REFUSED = r"(?i)read-only|disabled by configuration|has been locked"
HOSTILE = [
    "select * from read_text('/etc/passwd')",
    "create table marts.mine as select 1 as one",
    "insert into marts.fct_source_cac_ltv values ('mine', 'w_shaped', 1)",
    "copy (select 1) to '/tmp/mine.csv'",
    "set enable_external_access = true",
]


def test_the_page_has_every_recipe():
    assert len(PYTHON) == 4
    assert SHELL[0] == "make superset\n"
    assert [language for language, _ in BLOCKS] == ["sh", "python", "python", "python", "python", "sh", "powerquery"]


@pytest.mark.parametrize("code", PYTHON, ids=lambda code: re.findall(r"import (\w+)", code)[0])
def test_python(code: str, home: Path):
    names: dict[str, Any] = {}
    exec(here(code, home), names)
    assert rows_of(names["table"]) == ANSWER


def test_adbc_is_refused_what_is_no_reading(home: Path):
    names: dict[str, Any] = {}
    exec(here(PYTHON[0], home), names)
    driver = adbc_driver_duckdb.driver_path()
    with (
        dbapi.connect(driver=driver, db_kwargs=names["release"], autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        for statement in HOSTILE:
            with pytest.raises(dbapi.Error, match=REFUSED):
                cursor.execute(statement)


def test_sqlalchemy_is_refused_what_is_no_reading_and_follows_a_release(home: Path):
    names: dict[str, Any] = {}
    exec(here(PYTHON[1], home), names)
    engine = names["engine"]

    def run(statement: str) -> Any:
        with engine.connect() as connection:
            return connection.execute(sqlalchemy.text(statement)).all()

    for statement in HOSTILE:
        with pytest.raises(sqlalchemy.exc.DatabaseError, match=REFUSED):
            run(statement)
    with duckdb.connect(str(Settings(home=home).warehouse)) as connection:
        connection.execute("delete from marts.fct_source_cac_ltv where source <> 'google_ads'")
    publish(Settings(home=home))
    assert rows_of(run(names["question"])) == [("google_ads", 10.0)]


def shell(command: str) -> subprocess.CompletedProcess:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )


def test_the_command_line(home: Path, tmp_path: Path):
    done = shell(here(SHELL[1], home))
    assert done.returncode == 0, done.stderr
    (tmp_path / "answer.csv").write_text(done.stdout)
    assert rows_of(polars.read_csv(tmp_path / "answer.csv")) == ANSWER


@pytest.mark.parametrize("statement", HOSTILE)
def test_the_command_line_is_refused_what_is_no_reading(statement: str, home: Path):
    question = re.findall(r'"(select .*)"', SHELL[1])[0]
    done = shell(here(SHELL[1], home).replace(question, statement))
    assert done.returncode != 0
    assert re.search(REFUSED, done.stderr)


def test_excel_finds_the_file_and_its_columns(home: Path):
    """Power Query itself runs on Windows alone; what it opens is Parquet with plain types."""
    code = here(dict(BLOCKS)["powerquery"], home)
    table = pyarrow.parquet.read_table(re.findall(r'File\.Contents\("(.*)"\)', code)[0])
    column, value = re.findall(r'each \[(\w+)\] = "(\w+)"', code)[0]
    columns = re.findall(r'"(\w+)"', re.findall(r"OneModel, \{(.*)\}", code)[0])
    assert rows_of(table.filter(pyarrow.compute.field(column) == value).select(columns)) == ANSWER
    assert {str(field.type) for field in table.schema} == {"string", "double"}
