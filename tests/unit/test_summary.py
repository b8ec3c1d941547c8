"""The answer in the terminal reads well, also when there is little to say."""

import io
from pathlib import Path

import duckdb
import pytest
from rich.cells import cell_len
from rich.console import Console

from orchestration.cli.summary import HEADINGS, print_summary
from orchestration.config.settings import Settings
from tests.contract_tables import create_marts

FIGURES = {
    "dim_sources": "select 'webinar' as source, 'Webinar' as source_label",
    "check_results": """
        select * from (values
            ('lead_source_coverage', false, 'WARN', 0.31, 0.1), ('spend_conserved', true, 'ERROR', 0, 0),
            ('pipeline_concentration', true, 'WARN', null, 0.5), ('credit_conserved', true, 'ERROR', 0, 0),
            ('rows_conserved', false, 'ERROR', 12, 0), ('rejected_share', true, 'WARN', 0, 0.05),
            ('sla_compliance', true, 'WARN', 0.1, 0.2), ('ltv_cac_floor', true, 'WARN', 4, 3),
            ('portfolio_balance', true, 'WARN', 0.1, 0.15), ('new_source_each_quarter', true, 'WARN', 0, 0),
            ('feed_volume', true, 'WARN', 1, 5), ('feed_freshness', true, 'WARN', 1, 2),
            ('keys_repeat_within_a_file', true, 'WARN', 0, 0)
        ) t(check_name, passed, severity, figure, threshold)
    """,
    "tracking_coverage": """
        select date '2026-03-31' as window_end, * from (values
            ('all', 'window', 120, 37, 0.308), ('entry_method', 'manual', 50, 34, 0.68), ('owner', 'Ann', 40, 20, 0.5)
        ) t(dimension, value, leads, unclear_leads, unclear_share)
    """,
    "row_conservation": """
        select 'standard' as feed, 'leads' as entity, 20 as rows_read, 8 as rows_in_raw, 0 as rows_rejected
    """,
    "load_ledger": None,
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


GOLDEN = """
Where the best customers come from (w_shaped, EUR)

source          invested  customers  CAC  LTV:CAC  at least  payback
Webinar            1,000        4.5  222      9.0       4.1        -
organic_search     1,000        4.0  250      4.0       2.5     3 mo
linkedin_ads       1,000        2.0  500      2.0         -    12 mo

ERROR Rows were lost while loading (rows_conserved)
      Rows neither kept nor rejected: 12. Behind it: standard/leads 12
      What to do: Load the files listed again. Figures of this release are too
      low.
WARN  Too many leads without a clear source (lead_source_coverage)
      31% of the leads of the last 90 days have no clear source; the threshold
      is 10%. Behind it: manual 68%, Ann 50%
      What to do: Make the source a required field for leads entered by hand,
      tag links and list imports, and add source rules for what is listed under
      tracking. Until then each source has more leads than shown.
No data to measure: pipeline_concentration.

Marts HOME/serve/current/warehouse.duckdb, schema marts
      HOME/serve/current/parquet/<table>.parquet
Next  make dev    runs, tables and checks in Dagster
      make sql    a read-only SQL shell on the marts
      make open   HOME/serve/current/report.html
"""


def summary(settings: Settings, alarms: io.StringIO | None = None) -> str:
    out = io.StringIO()
    aside = Console(file=alarms, width=80) if alarms else None
    print_summary(settings, Console(file=out, width=80), aside)
    return out.getvalue()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    settings.published_warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.published_warehouse)) as connection:
        create_marts(connection, dict.fromkeys(FIGURES))
    return settings


@pytest.fixture
def released(settings: Settings) -> Settings:
    with duckdb.connect(str(settings.published_warehouse)) as connection:
        create_marts(connection, FIGURES)
    (settings.serve / "current" / "report.html").touch()
    return settings


def test_the_whole_answer_at_80_columns(released: Settings):
    """The three best sources of the default model, best first; each alarm once; what to open next."""
    text = summary(released).replace(str(released.home), "HOME")
    assert [line.rstrip() for line in text.splitlines()] == GOLDEN.splitlines()


def test_alarms_can_go_to_another_stream(released: Settings):
    alarms = io.StringIO()
    text = summary(released, alarms)
    assert "lead_source_coverage" not in text
    assert alarms.getvalue().count("lead_source_coverage") == 1


@pytest.mark.parametrize(
    "label", ["x" * 100, "数字広告" * 20, "[bold]\x1b[2J" * 9, "إعلانات " * 20, "</script><b>\"'" * 9]
)
def test_long_and_hostile_names_of_sources_break_no_row(released: Settings, label: str):
    with duckdb.connect(str(released.published_warehouse)) as connection:
        connection.execute("update marts.dim_sources set source_label = ?", [label])
        connection.execute("update marts.fct_source_cac_ltv set investment = 123456789012, cac = 1234567890")
    lines = summary(released).partition("\nERROR")[0].splitlines()
    header, *rows = [line for line in lines if "mo" in line or "payback" in line or "…" in line]
    assert len(rows) == 3
    assert max(map(cell_len, [header, *rows])) <= 80
    assert all(heading in header for heading in HEADINGS)
    assert not any("\x1b" in row for row in rows)


def test_empty_marts_are_said_to_be_empty(settings: Settings):
    text = summary(settings)
    assert "No source has both investment and customers yet" in text
    assert "No checks have run yet" in text
    assert str(settings.published_warehouse) in text
    assert "make open" not in text


def test_no_release_says_how_to_get_one(tmp_path: Path):
    assert "make nightly" in summary(Settings(home=tmp_path))
