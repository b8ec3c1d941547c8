"""A history with late, corrected, deleted and merged records of all feeds gives the same marts on every target."""

import pytest

from orchestration.lake.connect import open_lake
from tests.end_to_end import random_feeds
from tests.end_to_end.dbt_in_process import Warehouse
from tests.engines.builds import Build, differences, failures
from tests.engines.targets import Target, duckdb_file

# Of random_feeds: 178 records, then 60 more, which correct, delete, merge and come late.
HISTORY = 5
RUNS = 2


@pytest.fixture(scope="module")
def builds(target: Target, tmp_path_factory: pytest.TempPathFactory) -> tuple[Build, Build]:
    """On DuckDB and on the target, from the same raw files."""
    homes = [tmp_path_factory.mktemp(name) for name in ("duckdb", target.name)]
    (homes[1] / "raw").symlink_to(homes[0] / "raw")
    dbt_vars = random_feeds.history(HISTORY).dbt_vars
    return Build(duckdb_file(), homes[0], dbt_vars), Build(target, homes[1], dbt_vars)


@pytest.mark.parametrize("run", range(RUNS))
def test_every_mart_is_what_duckdb_gives(run: int, builds: tuple[Build, Build]):
    expected, found = builds
    contracts = list(random_feeds.CONTRACTS.values())
    landing = Warehouse(expected.home, None, contracts, {})
    landing.load(run, random_feeds.history(HISTORY).runs[run])
    as_of = random_feeds.as_of(run)
    one, other = expected.run(as_of), found.run(as_of)
    assert len(one.rows) > 70
    assert one.rows["fct_attribution"] > 0
    assert differences(one.path, other.path) == {}


def test_a_row_that_breaks_a_contract_fails_the_build(builds: tuple[Build, Build]):
    """A lake has no keys: the build looks for such rows itself."""
    _, found = builds
    if not found.settings.is_lake:
        pytest.skip("The database keeps its keys.")
    with open_lake(found.settings) as connection:
        connection.execute("use warehouse")
        connection.execute("insert into seeds.source_catalogue from seeds.source_catalogue where source = 'webinar'")
        rows = connection.execute("select count(*) from marts.dim_sources").fetchall()
    done = found.invoke("run", random_feeds.as_of(RUNS), "--select", "dim_sources")
    assert not done.success
    assert "dim_sources breaks its contract: rows of one source" in failures(done)[0]
    with open_lake(found.settings) as connection:
        assert connection.execute("select count(*) from warehouse.marts.dim_sources").fetchall() == rows
