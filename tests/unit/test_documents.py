"""What the documents refer to exists: columns in the glossary, decision pages in their index, tools of the hooks."""

import re
from pathlib import Path

import pytest
import yaml

from orchestration.config.settings import PROJECT_DIR

MODELS = PROJECT_DIR / "dbt_project" / "models"
DECISIONS = sorted((PROJECT_DIR / "docs" / "decisions").glob("[0-9]*.md"))


def columns_of_models() -> dict[str, set[str]]:
    return {
        model["name"]: {column["name"] for column in model.get("columns", [])}
        for path in MODELS.rglob("*.yml")
        for model in yaml.safe_load(path.read_text()).get("models") or []
    }


def glossary_rows() -> list[tuple[str, str]]:
    """Term and what its last column names."""
    rows = re.findall(r"^\| ([^|]+) \|.*\| `([^`|]+)` \|$", (PROJECT_DIR / "docs" / "glossary.md").read_text(), re.M)
    return [(term, where) for term, where in rows if term != "term"]


def test_every_term_of_the_glossary_names_a_column_or_a_file():
    columns = columns_of_models()
    missing = []
    for term, where in glossary_rows():
        model, _, column = where.partition(".")
        if column not in columns.get(model, set()) and not (PROJECT_DIR / where).exists():
            missing.append((term, where))
    assert missing == []
    assert len(glossary_rows()) > 60


def test_the_glossary_has_each_term_once():
    terms = [term for term, _ in glossary_rows()]
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_three_parts_and_is_in_the_index(page: Path):
    title, *headings = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    assert headings == ["Context", "Decision", "Consequence"]
    assert f"- [{title}]({page.name})" in (page.parent / "README.md").read_text()


def test_decisions_are_numbered_without_gaps():
    assert [int(page.name[:2]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert DECISIONS


def test_the_changelog_has_the_version_of_the_package_and_of_the_dbt_project():
    newest = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (PROJECT_DIR / "CHANGELOG.md").read_text(), re.M)[0]
    assert f'version = "{newest}"' in (PROJECT_DIR / "pyproject.toml").read_text()
    assert yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text())["version"] == newest


def test_hooks_and_workflow_run_what_exists():
    hooks = yaml.safe_load((PROJECT_DIR / ".pre-commit-config.yaml").read_text())["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    assert all((PROJECT_DIR / hook["entry"].split()[0]).exists() for hook in hooks[0]["hooks"])
    workflow = yaml.safe_load((PROJECT_DIR / ".github" / "workflows" / "ci.yml").read_text())
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert commands == [".ci/run"]
