"""The report page is one file that asks for nothing, and every text of it is there in both languages."""

import json
import re
from pathlib import Path

import pytest

from orchestration.release.checks import CHECKS
from orchestration.release.report import data, page, vega
from orchestration.release.report.data import DATASETS, pack, plain
from orchestration.release.report.page import SCRIPTS, SHOWN_VARS, SOURCES, render, texts
from tests.contract_tables import contracts

HOSTILE = "</script><b>\"'{{ script }}"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@pytest.fixture(autouse=True)
def without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making it takes seconds; the browser tests draw with it."""
    monkeypatch.setattr(page, "packed_library", lambda: "")


def script() -> str:
    return "\n".join((SOURCES / "js" / f"{name}.js").read_text() for name in SCRIPTS)


def test_the_page_asks_for_nothing():
    written = render({"data": {}, "texts": texts()})
    without_names = written.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|//cdn|@import|url\(|fetch\(|XMLHttpRequest|WebSocket|sendBeacon", without_names)
    assert "default-src 'none'" in written


def test_no_value_of_the_data_is_a_part_of_the_markup():
    written = render({"data": HOSTILE})
    assert written.count("<script") == written.count("</script>") == 3
    assert HOSTILE not in written
    assert not re.search(r"\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write", script())


def test_the_same_release_gives_the_same_page():
    assert render({"data": [1, 2]}) == render({"data": [1, 2]})


def test_every_script_is_in_the_page():
    assert {path.stem for path in (SOURCES / "js").glob("*.js")} == set(SCRIPTS)


def test_every_text_is_there_in_both_languages_with_the_same_placeholders():
    english, french = texts()["en"], texts()["fr"]
    assert english.keys() == french.keys()
    assert all(text.strip() for text in (*english.values(), *french.values()))
    for name, text in english.items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(french[name])), name


def test_every_text_that_the_script_names_exists():
    named = set(re.findall(r"(?<![\w.])(?:text|filled|hasText)\(\"([^\"]+)\"", script()))
    assert len(named) > 100
    assert named - texts()["en"].keys() == set()


def test_every_text_can_be_reached():
    """By its whole name, or by one that the script puts together: `model.${name}`."""
    code = script() + (SOURCES / "template.html").read_text()
    parts = set(re.findall(r"`([a-z_]+)\.\$\{", code)) | {"metric", "check", "missing"}
    sections = re.findall(r"^  \[\"(\w+)\"|, \[\"(\w+)\"", code, re.MULTILINE)
    prefixes = parts | {first or second for first, second in sections}
    unused = [name for name in texts()["en"] if f'"{name}"' not in code and name.split(".")[0] not in prefixes]
    assert unused == []


def test_every_metric_has_a_name_and_a_definition():
    block = re.search(r"const METRICS = \{(.*?)\};", script(), re.DOTALL)
    assert block is not None
    metrics = re.findall(r"(\w+): \"", block[1])
    assert len(metrics) > 40
    assert {f"metric.{metric}{part}" for metric in metrics for part in ("", ".is")} <= texts()["en"].keys()


def test_every_check_has_a_title_a_sentence_and_a_remedy():
    for check in CHECKS:
        assert {f"check.{check.name}{part}" for part in ("", ".is", ".remedy")} <= texts()["en"].keys()


def test_every_column_of_the_page_is_one_of_its_mart():
    for name, dataset in DATASETS.items():
        assert {*dataset.key, *dataset.columns} <= contracts()[dataset.mart].keys(), name


def test_the_script_divides_no_figures():
    """Ratios and intervals come from the marts. What is divided is a place on a scale."""
    for name in ("data", "state", "decisions", "sources", "checks"):
        code = (SOURCES / "js" / f"{name}.js").read_text()
        assert " / " not in re.sub(r"//.*", "", code), name


def test_a_column_of_texts_is_packed_and_numbers_are_rounded():
    assert pack(["b", None, "a", "b"]) == {"words": ["a", "b"], "places": [1, None, 0, 1]}
    assert pack([1.23456789012, 2.0, None, True]) == [1.23456789, 2, None, True]
    assert plain(float("inf")) is None


def test_a_text_of_a_var_names_one_that_the_page_has():
    known = set(SHOWN_VARS)
    filled = set(re.findall(r"(\w+):", script())) | set(re.findall(r"\{ (\w+) \}|, (\w+) \}", script()))
    names = {name for found in filled for name in ([found] if isinstance(found, str) else found)}
    for name, text in texts()["en"].items():
        assert set(PLACEHOLDER.findall(text)) <= known | names, name


def test_the_library_is_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(vega.sys, "prefix", str(tmp_path))
    made: list[str] = []
    monkeypatch.setattr(vega, "_bundle", lambda: made.append("") or "draw()")
    for _ in range(2):
        vega.packed_library.cache_clear()
        assert vega.packed_library() == vega.packed_text("draw()")
    vega.packed_library.cache_clear()
    assert made == [""]


def test_the_datasets_of_an_empty_release_are_empty_columns():
    assert json.dumps(data.pack([])) == "[]"


def test_every_column_of_offenders_has_a_name():
    """`credit_conserved` names columns after attribution models."""
    columns = {
        column
        for check in CHECKS
        for column in re.findall(
            r"(?:\bas |[ ,(])(\w+)(?=,| from )", check.offenders.split(" from ")[0].lower() + " from "
        )
    }
    assert {"source", "leads", "file"} <= columns
    assert {f"column.{column}" for column in columns if not column.isdigit()} - texts()["en"].keys() == set()
