"""What the documents refer to exists: columns in the glossary, marts, doc blocks, decision pages, hooks."""

import re
from collections import Counter
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


def column_descriptions() -> list[tuple[str, str]]:
    """Column and description as the YAML has it, a pair for every model with the column."""
    return [
        (column["name"], " ".join(column["description"].split()))
        for path in MODELS.rglob("*.yml")
        for model in yaml.safe_load(path.read_text()).get("models") or []
        for column in model.get("columns", [])
    ]


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


def test_the_readme_lists_marts_that_exist_and_all_facts_and_dimensions():
    table = (PROJECT_DIR / "README.md").read_text().partition("## Which mart answers what")[2].partition("\n## ")[0]
    listed = re.findall(r"`(\w+)`", table)
    marts = {path.stem for path in (MODELS / "marts").rglob("*.sql")}
    assert set(listed) - marts == set()
    assert {mart for mart in marts if mart.startswith(("fct_", "dim_"))} - set(listed) == set()
    assert len(listed) == len(set(listed)) > 40


def test_the_glossary_has_each_term_once():
    terms = [term for term, _ in glossary_rows()]
    assert len(terms) == len(set(terms))


def test_a_description_of_more_than_two_models_is_a_doc_block():
    written = Counter(pair for pair in column_descriptions() if "doc(" not in pair[1])
    assert len(written) > 100
    assert {pair: count for pair, count in written.items() if count > 2} == {}


def test_every_doc_block_is_of_the_columns_that_it_is_named_after():
    """`source` and `source__crm` are of columns `source`."""
    used = {
        (column, block)
        for column, description in column_descriptions()
        for block in re.findall(r"doc\('(\w+)'\)", description)
    }
    assert {(column, block) for column, block in used if column not in (block, block.rpartition("__")[0])} == set()
    blocks = re.findall(r"{% docs (\w+) %}", (MODELS / "docs.md").read_text())
    assert sorted(blocks) == sorted({block for _, block in used})


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
