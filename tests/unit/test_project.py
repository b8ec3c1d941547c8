"""What the documents tell people to do exists, and the lock file installs anywhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.config.settings import PROJECT_DIR

DOCUMENTS = [
    PROJECT_DIR / "README.md",
    PROJECT_DIR / "CONTRIBUTING.md",
    *sorted((PROJECT_DIR / "docs").glob("**/*.md")),
]
TOP_LEVEL = ("orchestration", "sample_company", "dbt_project", "seeds", "tests", "docs", "bench", ".ci")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (PROJECT_DIR / "Makefile").read_text(), flags=re.MULTILINE))


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make"], cwd=PROJECT_DIR, capture_output=True, text=True, check=True).stdout
    targets = {"setup", "run", "nightly", "dev", "test", "test-slow", "lint", "bench", "clean", "help"}
    assert make_targets() == targets
    assert set(re.findall(r"^  make ([a-z-]+) +\S", listed, flags=re.MULTILINE)) == targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_documents_exist(document: Path):
    fenced = re.findall(r"^```.*?^```", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`[^`\n]+`", document.read_text())
    commands = set(re.findall(r"(?:^|[`;&'} ])make ([a-z-]+)", "\n".join(fenced + inline), flags=re.MULTILINE))
    assert commands <= make_targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_named_in_documents_exist(document: Path):
    text = document.read_text()
    linked = {document.parent / link for link in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text)}
    quoted = {
        PROJECT_DIR / name for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text) if name.startswith(TOP_LEVEL)
    }
    assert [path for path in linked | quoted if not path.exists()] == []


def test_the_lock_is_exact_pins_and_no_addresses():
    lines = (PROJECT_DIR / "requirements.lock").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 50
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[\w.+]+", pin)] == []


def test_the_lock_satisfies_the_project():
    check = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout


def test_ci_runs_the_tests():
    script = PROJECT_DIR / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().splitlines()[-2:] == ["make test", "make test-slow"]
