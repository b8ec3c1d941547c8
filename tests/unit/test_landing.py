"""Nothing that lands is left aside without a word."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.config.settings import Settings
from orchestration.ingest.landing import build_landing_asset, unread

READ = ["standard/leads/a.csv", "standard/leads/b.JSONL.gz", "standard/ad_spend/c.parquet"]
HIDDEN = ["standard/leads/.DS_Store", "standard/leads/_half.csv", ".git/config", "standard/leads/.tmp/a.csv"]
UNREAD = {
    "standard/lead/a.csv": "standard/lead/ is not read (1 file, like a.csv); did you mean landing/standard/leads/?",
    "standard/leads/a.xlsx": "landing/standard/leads/a.xlsx is not read; export it as .csv, .csv.gz, .jsonl,",
    "standard/leads/2026/a.csv": "2026/ is not read (1 file, like a.csv); did you mean landing/standard/leads/?",
    "Standard/Web-Sessions/a.csv": "did you mean landing/standard/web_sessions/?",
    "google/adspend/a.csv": "did you mean landing/standard/ad_spend/?",
    "hubspot/x/y.csv": "landing/hubspot/x/ is not read (1 file, like y.csv); add hubspot to the var sources_enabled",
    "elsewhere/x/y.csv": "landing/elsewhere/x/ is not read (1 file, like y.csv); docs/feeds.md lists",
    "revenue.csv": "landing/ is not read (1 file, like revenue.csv); did you mean landing/standard/revenue/?",
}


def land(landing: Path, *names: str) -> None:
    for name in names:
        (landing / name).parent.mkdir(parents=True, exist_ok=True)
        (landing / name).touch()


@pytest.mark.parametrize("name", UNREAD)
def test_what_nobody_reads_is_named_with_the_nearest_place(tmp_path: Path, name: str):
    settings = Settings(tmp_path)
    land(settings.landing, *READ, *HIDDEN, name)
    [remark] = unread(settings)
    assert UNREAD[name] in remark


def test_what_is_read_or_hidden_is_not_remarked_on(tmp_path: Path):
    settings = Settings(tmp_path)
    assert unread(settings) == []
    land(settings.landing, *READ, *HIDDEN)
    assert unread(settings) == []


def test_a_folder_is_one_remark(tmp_path: Path):
    settings = Settings(tmp_path)
    land(settings.landing, *(f"standard/lead/{number}.csv" for number in range(30)))
    [remark] = unread(settings)
    assert "30 files" in remark


def test_the_graph_shows_them_too(tmp_path: Path):
    settings = Settings(home=tmp_path)
    land(settings.landing, "standard/lead/a.csv")
    [event] = dg.materialize([build_landing_asset(settings)]).get_asset_materialization_events()
    metadata = event.materialization.metadata
    assert metadata["not read"].value == 1
    assert "standard/leads" in metadata["what"].value
