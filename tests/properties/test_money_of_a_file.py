"""Any file's money is counted once, whatever the order of its rows, and the ledger says how many rows do not count."""

import random
import tempfile
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.config.settings import Settings
from orchestration.ingest.contract import CONTRACTS_DIR, load_contract
from orchestration.ingest.loader import load_entity

# Header, a row of file {0}, and the columns of money and of what a file's rows have in common.
ENTITIES = {
    "ad_spend": ("date,platform,campaign_id,device,cost", "2026-01-0{1},x,{0}-{2},{3},{4}.50", "cost", "campaign_id"),
    "costs": (
        "month,source,cost_type,invoice,amount",
        "2026-0{1}-01,{0}-{2},content,{3},{4}.50",
        "amount",
        "crm_source",
    ),
}
# Few values, so that keys, and whole rows, often come together.
ROW = st.tuples(st.integers(1, 2), st.integers(1, 2), st.sampled_from(["", "a", "b"]), st.integers(0, 2))
FILES = st.lists(st.lists(ROW, min_size=1, max_size=12), min_size=6, max_size=6)


@pytest.fixture(scope="module")
def compiled(dbt) -> dict[str, str]:
    """SQL of the models from raw rows to money, by name, and of the vendors' staging models."""
    names = [name for entity in ENTITIES for name in (f"stg_*__{entity}", f"int_unified__{entity}")]
    results = dbt("--select", *names, "--vars", '{"as_of": "2026-07-01"}').result.results
    return {result.node.name: result.node.compiled_code for result in results}


@pytest.mark.parametrize("entity", ENTITIES)
def test_money_is_counted_once(compiled: dict[str, str], entity: str) -> None:
    header, form, *_ = ENTITIES[entity]

    @settings(max_examples=4, deadline=None)
    @given(FILES, st.randoms(use_true_random=False))
    def check(files: list[list[tuple]], order: random.Random) -> None:
        with tempfile.TemporaryDirectory() as folder:
            landed = Path(folder) / "landing" / "standard" / entity
            landed.mkdir(parents=True)
            for number, rows in enumerate(files):
                for copy in ("as it is", "shuffled"):
                    lines = [form.format(f"{copy}-{number}", *row) for row in rows]
                    order.shuffle(lines) if copy == "shuffled" else None
                    (landed / f"{copy}-{number}.csv").write_text("\n".join([header, *lines, ""]))
            assert counted(Path(folder), compiled, entity) == {
                f"{copy}-{number}": (sum(Decimal(f"{row[3]}.50") for row in set(rows)), len(rows) - len(set(rows)))
                for number, rows in enumerate(files)
                for copy in ("as it is", "shuffled")
            }

    check()


def counted(home: Path, compiled: dict[str, str], entity: str) -> dict[str, tuple[Decimal, int]]:
    """Money in the unified model by file, and the rows that the ledger says do not count."""
    load_entity(Settings(home=home), load_contract(CONTRACTS_DIR / "standard" / f"{entity}.yml"))
    *_, amount, common = ENTITIES[entity]
    rows = "read_parquet('{}/*.parquet', union_by_name = true, file_row_number = true)"
    with duckdb.connect() as connection:
        for schema in ("raw", "staging", "seeds"):
            connection.execute(f"create schema {schema}")
        raw = rows.format(home / "raw" / "standard" / entity)
        connection.execute(f"create view raw.standard__{entity} as select * from {raw}")
        standard = f"stg_standard__{entity}"
        connection.execute(f"create view staging.{standard} as {compiled[standard]}")
        for vendor in compiled.keys() - {standard}:
            if vendor.startswith("stg_") and vendor.endswith(f"__{entity}"):
                connection.execute(f"create view staging.{vendor} as select * from staging.{standard} limit 0")
        connection.execute("""
            create table seeds.other_costs(
                month date, source varchar, cost_type varchar, currency varchar, amount double
            )
        """)
        file = f"regexp_extract({common}, '^(.*)-', 1)"
        sums = (
            f"select {file} as file, sum({amount}) as amount from ({compiled[f'int_unified__{entity}']}) group by file"
        )
        ledger = rows.format(home / "raw" / "load_log" / "load_ledger")
        found = connection.execute(f"""
            select sums.file, amount, rows_superseded from ({sums}) as sums
            left join {ledger} as ledger on split_part(ledger.file, '/', 3) = sums.file || '.csv'
        """).fetchall()
    return {name: (amount, superseded) for name, amount, superseded in found}
