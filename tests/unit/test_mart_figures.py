"""Dagster's pages show plots and tables of the marts' figures, whatever is in them."""

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

from orchestration.release.mart_figures import FIGURES, mart_figures
from tests.contract_tables import create_marts

HOSTILE = "</svg><script>alert('&amp;')</script>|\x1b"
VARS = {
    "default_attribution_model": "w_shaped",
    "ltv_cac_break_even": 1,
    "ltv_cac_healthy": 3,
    "unclear_share_threshold": 0.1,
}
MARTS = {
    "dim_sources": "select 'webinar' as source, 'Webinar' as source_label",
    "fct_leads": f"""
        select * from (values
            ('webinar', timestamp '2026-03-01'), ('webinar', null), ($${HOSTILE}$$, null), ('数字広告', null),
            (null, null)
        ) t(original_source, customer_at)
    """,
    "tracking_coverage": """
        select date '2026-03-31' as window_end, * from (values
            ('month', '2026-02', 20, 1, 0.05), ('month', '2026-03', 10, 3, 0.3), ('all', 'window', 30, 4, 0.1333)
        ) t(dimension, value, leads, unclear_leads, unclear_share)
    """,
    "fct_source_cac_ltv": """
        select * from (values
            ('webinar', 'w_shaped', 1000, 4.5, 222.22, 9.0, 4.1, 19.8),
            ('podcast', 'w_shaped', 90, 1, 90, -0.5, null, 2),
            ('meta_ads', 'w_shaped', 9, 0, null, null, null, null), ('webinar', 'linear', 9, 1, 9, 99, 50, 120)
        ) t(source, attribution_model, investment, customers, cac, ltv_cac_ratio, ltv_cac_low, ltv_cac_high)
    """,
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_marts(connection, MARTS)
    return path


def drawn(markdown: str) -> list[str]:
    """The texts in a plot. It parses, so nothing in it ends it early."""
    (data,) = re.findall(r"^!\[[^\]]+\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)$", markdown, re.M)
    tree = ElementTree.fromstring(base64.b64decode(data))
    assert {element.tag.partition("}")[2] for element in tree.iter()} <= {"svg", "text", "rect", "line", "circle"}
    return [element.text or "" for element in tree.iter() if element.tag.endswith("text")]


def rows(markdown: str) -> list[str]:
    return [line for line in markdown.splitlines() if line.startswith("|")][2:]


def test_plots_and_tables_show_the_figures_of_the_marts(published: Path):
    found = {mart: next(iter(figures.values())) for mart, figures in mart_figures(published, VARS).items()}
    assert list(found) == [figure.mart for figure in FIGURES]
    assert rows(found["fct_leads"])[0] == "| Webinar | 2 | 1 |"
    assert drawn(found["fct_leads"])[:2] == ["Webinar", "2"]
    assert "数字広告" in drawn(found["fct_leads"])
    assert rows(found["tracking_coverage"]) == ["| 2026-03 | 10 | 3 | 0.3 |", "| 2026-02 | 20 | 1 | 0.05 |"]
    assert drawn(found["tracking_coverage"]) == ["threshold 10%", "2026-02", "2026-03"]
    assert rows(found["fct_source_cac_ltv"]) == [
        "| Webinar | 1000 | 4.5 | 222 | 9.0 | 4.1 | 19.8 |",
        "| podcast | 90 | 1.0 | 90 | -0.5 |  | 2.0 |",
    ]
    assert drawn(found["fct_source_cac_ltv"]) == ["1", "3", "Webinar", "9 (4.1 to 19.8)", "podcast", "-0.5 (? to 2)"]


def test_empty_marts_have_no_figures(published: Path):
    with duckdb.connect(str(published)) as connection:
        create_marts(connection, dict.fromkeys(MARTS))
    assert mart_figures(published, VARS) == {}


@pytest.mark.parametrize("value", [0, -1, 1e-9, 1e12])
def test_any_single_figure_is_drawn(published: Path, value: float):
    with duckdb.connect(str(published)) as connection:
        connection.execute("delete from marts.fct_source_cac_ltv where source = 'podcast'")
        connection.execute("update marts.fct_source_cac_ltv set ltv_cac_ratio = ?, ltv_cac_low = null", [value])
        connection.execute("delete from marts.tracking_coverage where value = '2026-02'")
        connection.execute("update marts.tracking_coverage set unclear_share = 0")
    for figures in mart_figures(published, VARS | {"unclear_share_threshold": 0}).values():
        for markdown in figures.values():
            assert drawn(markdown)
