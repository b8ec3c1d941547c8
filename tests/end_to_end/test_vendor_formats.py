"""One company, exported to the standard feed and in its vendors' formats: every mart is the same, to the cent."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from sample_company import write_sample_company
from sample_company.vendors.assembly import VENDORS
from tests.end_to_end.nightly_runs import LOGS, start_nightly

pytestmark = pytest.mark.slowest

UNTIL = date(2026, 7, 1)
RUN = {"as_of": "2026-07-02"}
# Marts about files, which differ.
ABOUT_FILES = {"load_ledger", "rejected_rows", "row_conservation", "feed_freshness", "feed_volume"}
CHECKS_OF_FILES = ("rejected_share", "feed_volume")
# Hashes of ids, and the ids of touches: a session that was made from events is called after its first event.
HASHED_IDS = {"person_id", "touchpoint_id", "model_version"}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The release of the standard feed and the one of the vendors' formats, built side by side."""
    standard, vendors = (tmp_path_factory.mktemp(name) for name in ("standard", "vendors"))
    for home in (standard, vendors):
        write_sample_company(home, scale=0.1, seed=1, until=UNTIL, vendor_formats=home == vendors)
    runs = [start_nightly(standard, **RUN), start_nightly(vendors, **RUN, sources_enabled=sorted(VENDORS))]
    for run in runs:
        output, _ = run.communicate()
        print(output)
    assert [run.returncode for run in runs] == [0, 0]
    return standard, vendors


def columns_of(home: Path) -> dict[str, dict[str, str]]:
    """Mart -> its columns that are compared, with their types."""
    found: dict[str, dict[str, str]] = {}
    with duckdb.connect(str(home / "serve/current/warehouse.duckdb"), read_only=True) as connection:
        for mart, column, kind in connection.sql(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'marts'"
        ).fetchall():
            if mart not in ABOUT_FILES | LOGS and column not in HASHED_IDS:
                found.setdefault(mart, {})[column] = kind
    return found


def rows_of(home: Path, mart: str, columns: dict[str, str]) -> list[tuple]:
    """Every row, ordered; ids without the vendor's name, sums of doubles without what the order of adding does."""
    shown = {"VARCHAR": "replace({0}, 'hubspot:', '')", "DOUBLE": "round({0}, 6) + 0.0"}
    chosen = ", ".join(shown.get(kind, "{0}").format(column) for column, kind in columns.items())
    with duckdb.connect(str(home / "serve/current/warehouse.duckdb"), read_only=True) as connection:
        only = f"where check_name not in {CHECKS_OF_FILES}" if "check_name" in columns else ""
        return connection.sql(f"select {chosen} from marts.{mart} {only} order by all").fetchall()


def test_every_mart_is_the_same_in_the_formats_of_vendors(homes: tuple[Path, Path]) -> None:
    standard, vendors = homes
    marts = columns_of(standard)
    assert columns_of(vendors) == marts
    assert len(marts) > 30
    unequal = {}
    for mart, columns in marts.items():
        expected, found = (rows_of(home, mart, columns) for home in homes)
        if expected != found:
            unequal[mart] = (len(expected), len(found), list(columns), *list(set(expected) ^ set(found))[:4])
    assert unequal == {}


def test_the_vendors_are_what_is_read(homes: tuple[Path, Path]) -> None:
    """Where a vendor has it, the standard feed has nothing of it; and every file of the vendors was read."""
    _, vendors = homes
    with duckdb.connect(str(vendors / "serve/current/warehouse.duckdb"), read_only=True) as connection:
        loaded = connection.sql("select feed, entity, sum(rows_read) from marts.load_ledger group by all").fetchall()
    read = {(feed, entity) for feed, entity, rows in loaded if rows}
    landed = {tuple(file.relative_to(vendors / "landing").parts[:2]) for file in vendors.glob("landing/*/*/*")}
    assert read == landed
    assert {feed for feed, _ in read} == {"standard", *VENDORS}
    left = {"activities", "ad_spend", "costs", "revenue", "web_events", "web_sessions"}
    assert {entity for feed, entity in read if feed == "standard"} == left
