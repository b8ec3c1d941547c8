"""What the documents tell people to do exists, and the lock files install anywhere."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from orchestration.config.settings import PROJECT_DIR

DOCUMENTS = [
    PROJECT_DIR / "README.md",
    PROJECT_DIR / "CONTRIBUTING.md",
    PROJECT_DIR / "sample_company/README.md",
    *sorted((PROJECT_DIR / "docs").glob("**/*.md")),
]
TOP_LEVEL = ("orchestration", "sample_company", "dbt_project", "seeds", "tests", "docs", "bench", "bi", ".ci")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (PROJECT_DIR / "Makefile").read_text(), flags=re.MULTILINE))


def test_make_alone_lists_every_target():
    listed = subprocess.run(["make"], cwd=PROJECT_DIR, capture_output=True, text=True, check=True).stdout
    targets = {
        *("help", "setup", "run", "nightly", "open", "sql", "diff", "dev", "query", "assistant", "superset"),
        *("bench", "docs", "screenshots", "clean", "lint", "test", "test-slow", "test-superset"),
        *("test-engines", "compile"),
    }
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


def pins(lock: str) -> list[str]:
    lines = (PROJECT_DIR / lock).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


def with_dependencies(requirements: list[str]) -> set[str]:
    """The packages that an installation of these brings, here."""
    found: dict[tuple[str, str], None] = {}
    waiting = [Requirement(requirement) for requirement in requirements]
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *sorted(wanted.extras)):
            if (key := (canonicalize_name(wanted.name), extra)) not in found:
                found[key] = None
                needed = map(Requirement, distribution(wanted.name).requires or [])
                waiting += [one for one in needed if one.marker is None or one.marker.evaluate({"extra": extra})]
    return {name for name, _ in found}


@pytest.mark.parametrize(
    ("lock", "at_least"),
    [
        ("requirements.lock", 100),
        ("requirements-test.lock", 50),
        ("requirements-query.lock", 10),
        ("requirements-superset.lock", 100),
        ("requirements-engines.lock", 9),
        ("requirements-cluster.lock", 1),
    ],
)
def test_a_lock_is_exact_pins_and_no_addresses(lock: str, at_least: int):
    assert len(pins(lock)) > at_least
    assert [pin for pin in pins(lock) if not re.fullmatch(r"[a-z0-9-]+==[\w.+]+", pin)] == []


def test_a_run_installs_what_it_needs_and_no_test_tools():
    project = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["project"]
    run, test = names(pins("requirements.lock")), names(pins("requirements-test.lock"))
    # Every environment has it.
    assert with_dependencies(project["dependencies"]) - {"setuptools"} == run
    assert with_dependencies(project["optional-dependencies"]["test"]) - {"setuptools"} - run == test
    assert run & test == set()


# Each where it is installed: `make test` has the one, `make test-engines` the other.
@pytest.mark.parametrize(
    "extra", ["query", *(pytest.param(extra, marks=pytest.mark.engines) for extra in ("engines", "cluster"))]
)
def test_an_extra_installs_what_its_lock_names(extra: str):
    asked = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["project"]["optional-dependencies"][extra]
    brought = with_dependencies(asked) - {"setuptools"} - names(pins("requirements.lock"))
    assert brought == names(pins(f"requirements-{extra}.lock"))


def test_the_lock_satisfies_the_project():
    check = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stdout


def test_ci_runs_the_tests():
    script = PROJECT_DIR / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    commands = [line for line in script.read_text().splitlines() if not line.startswith("#")]
    assert commands[-4:] == [
        "make test",
        "LSW_HISTORIES=8 make test-slow",
        "make test-superset",
        'make test-engines ONLY="not two_runs and not postgres"',
    ]
