"""`make open` and `make sql` find the current release; the shell can only read it."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import open as open_command
from orchestration.cli.open import front_page
from orchestration.cli.sql import connect, run, shell_command, statements
from orchestration.config.settings import PROJECT_DIR, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    settings.published_warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.published_warehouse)) as connection:
        connection.execute("create schema marts; create table marts.fct_leads as select 41 + 1 as answer")
    return settings


def test_the_report_is_opened_first_and_the_documentation_where_there_is_none(settings: Settings):
    current = settings.serve / "current"
    assert front_page(settings) is None
    (current / "docs").mkdir()
    (current / "docs" / "index.html").touch()
    assert front_page(settings) == current / "docs" / "index.html"
    (current / "report.html").touch()
    assert front_page(settings) == current / "report.html"


def test_a_machine_without_a_desktop_is_told_the_path(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LSW_HOME", str(settings.home))
    monkeypatch.setenv("PATH", "")
    assert open_command.main() == 1
    assert "make nightly" in capsys.readouterr().err
    (settings.serve / "current" / "report.html").touch()
    assert open_command.main() == 0
    assert capsys.readouterr().out.strip() == str(settings.serve / "current" / "report.html")


def test_the_desktop_opens_the_page(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = settings.serve / "current" / "report.html"
    page.touch()
    opener = tmp_path / "bin" / "open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    monkeypatch.setenv("LSW_HOME", str(settings.home))
    monkeypatch.setenv("PATH", str(opener.parent))
    assert open_command.main() == 0
    assert (tmp_path / "opened").read_text().strip() == str(page)


def test_statements_are_read_from_a_pipe(settings: Settings):
    piped = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.sql"],
        cwd=PROJECT_DIR,
        env={"LSW_HOME": str(settings.home), "PATH": ""},
        input="select answer from fct_leads; select answer + 1 from marts.fct_leads",
        capture_output=True,
        text=True,
        check=True,
    )
    assert piped.stdout.index("42") < piped.stdout.index("43")


REFUSED = [
    "from read_text('/etc/passwd')",
    "copy fct_leads to '{folder}/leads.csv'",
    "attach '{folder}/other.duckdb'",
    "update marts.fct_leads set answer = 0",
    "create table marts.mine as select 1",
    "set enable_external_access = true",
    "reset lock_configuration",
    "install httpfs",
    "load httpfs",
    "no sql",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_shell_changes_nothing_and_reads_no_other_file(settings: Settings, tmp_path: Path, statement: str):
    with connect(settings.published_warehouse) as connection:
        assert run(connection, statement.format(folder=tmp_path)) == 1
        assert connection.execute("select answer from fct_leads").fetchall() == [(42,)]
    assert not [*tmp_path.glob("leads.csv"), *tmp_path.glob("other.duckdb")]


@pytest.mark.parametrize("statement", [*REFUSED, ".shell echo 42", ".output {folder}/leads.csv"])
def test_duckdb_s_own_shell_has_the_same_limits(settings: Settings, tmp_path: Path, statement: str):
    command = shell_command(str(Path(sys.executable).with_name("duckdb")), settings.published_warehouse)
    shell = subprocess.run(
        command,
        input=f"select 'answer ' || answer from fct_leads;\n{statement.format(folder=tmp_path)}\n;",
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert "answer 42" in shell.stdout
    assert shell.returncode == 1
    assert not [*tmp_path.glob("leads.csv"), *tmp_path.glob("other.duckdb")]


def test_a_statement_ends_with_a_semicolon_or_the_input_and_an_interrupt_forgets_it():
    lines = ["", "select 1", "", "as a;", "forgotten", None, "select 2;", "select 3"]
    assert list(statements(lines)) == ["select 1\n\nas a;\n", "select 2;\n", "select 3\n"]
