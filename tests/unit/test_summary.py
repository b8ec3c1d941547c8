"""The answer in the terminal reads well, also when there is little to say."""

import io
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from orchestration.cli.summary import print_summary
from orchestration.config.settings import Settings
from tests.contract_tables import create_marts

FIGURES = {
    "dim_sources": "select 'webinar' as source, 'Webinar' as source_label",
    "check_results": """
        select * from (values
            ('lead_source_coverage', false, 'WARN', 0.31, 0.1), ('spend_conserved', true, 'ERROR', 0, 0),
            ('pipeline_concentration', true, 'WARN', null, 0.5)
        ) t(check_name, passed, severity, figure, threshold)
    """,
    "fct_source_cac_ltv": """
        select * from (values
            ('webinar', 'w_shaped', 1000, 4.5, 222.22, 2000, 9.0, 4.1, 19.8, null),
            ('organic_search', 'w_shaped', 1000, 4, 250, 1000, 4.0, 2.5, 6.4, 3),
            ('cold_call', 'w_shaped', 1000, 0, null, null, null, null, null, null),
            ('linkedin_ads', 'w_shaped', 1000, 2, 500, 1000, 2.0, null, null, 12),
            ('direct_mail', 'w_shaped', 1000, 1, 1000, 1000, 1.0, null, null, 30),
            ('podcast', 'linear', 1, 1, 1, 99, 99.0, 50, 120, 1)
        ) t(
            source, attribution_model, investment, customers, cac, projected_ltv, ltv_cac_ratio, ltv_cac_low,
            ltv_cac_high, payback_months
        )
    """,
    "top_sources": """
        select * from (values
            ('w_shaped', 1, 'webinar'), ('w_shaped', 2, 'organic_search'), ('w_shaped', 3, 'linkedin_ads'),
            ('w_shaped', 4, 'direct_mail'), ('linear', 1, 'podcast')
        ) t(attribution_model, rank, source)
    """,
}


def summary(settings: Settings) -> str:
    out = io.StringIO()
    print_summary(settings, Console(file=out, width=120))
    return out.getvalue()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    settings.published_warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.published_warehouse)) as connection:
        create_marts(connection, dict.fromkeys(FIGURES))
    return settings


def test_the_three_best_sources_of_the_default_model_come_best_first(settings: Settings):
    with duckdb.connect(str(settings.published_warehouse)) as connection:
        create_marts(connection, FIGURES)
    text = summary(settings)
    places = [text.index(name) for name in ("Webinar", "organic_search", "linkedin_ads")]
    assert places == sorted(places)
    for absent in ("cold_call", "direct_mail", "podcast"):
        assert absent not in text
    assert [line.split("│")[6].strip() for line in text.splitlines() if "mo │" in line or "Webinar" in line] == [
        "4.1",
        "2.5",
        "-",
    ]
    assert "WARN: lead_source_coverage is 0.310, threshold 0.100" in text
    assert "spend_conserved" not in text
    assert "No data to measure: pipeline_concentration." in text


def test_empty_marts_are_said_to_be_empty(settings: Settings):
    text = summary(settings)
    assert "No source has both investment and customers yet" in text
    assert "No checks have run yet" in text
    assert str(settings.published_warehouse) in text


def test_no_release_says_how_to_get_one(tmp_path: Path):
    assert "make nightly" in summary(Settings(home=tmp_path))
