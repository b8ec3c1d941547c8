"""Runs between two estimates of the effects (var `markov_refresh_days`), on the company worked out by hand."""

from datetime import datetime

import pytest

from orchestration.ingest.contract import load_contracts
from tests.end_to_end.dbt_in_process import Warehouse, parse
from tests.end_to_end.nightly_runs import land_company

TRANSITIONS = "select * from intermediate.int_markov_transitions order by all"
LEARNED = "select * from intermediate.int_uplift_effects order by all"
TRIALS = "select * from intermediate.int_uplift_trials order by all"
FIRST, NEXT_DAY, DUE = (datetime(2026, 7, day) for day in (2, 3, 9))


@pytest.fixture
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    dbt_vars = {"markov_refresh_days": 7, "sources_enabled": []}
    manifest = parse(tmp_path_factory.mktemp("parsed"), dbt_vars)
    contracts = [contract for contract in load_contracts() if contract.feed == "standard"]
    warehouse = Warehouse(tmp_path_factory.mktemp("home"), manifest, contracts, dbt_vars)
    land_company(warehouse.home)
    warehouse.load_landed()
    return warehouse


def test_the_chain_is_kept_until_it_is_due(warehouse: Warehouse):
    warehouse.build(FIRST)
    estimated = warehouse.query(TRANSITIONS)
    assert len(estimated) > 10
    learned, trials = warehouse.query(LEARNED), warehouse.query(TRIALS)
    assert len(learned) > 10
    assert trials

    warehouse.build(NEXT_DAY)
    assert warehouse.is_incremental_run()
    assert not warehouse.last_run("is_markov_refresh_due")
    assert warehouse.query(TRANSITIONS) == estimated
    assert warehouse.query(TRIALS) == trials
    assert warehouse.query(LEARNED) == learned
    assert warehouse.query("select count(*) from marts.credit_conservation") == [(0,)]

    warehouse.build(DUE)
    assert warehouse.is_incremental_run()
    assert warehouse.last_run("is_markov_refresh_due")
