"""The ledger says which keys repeat within a file, and how many of their rows do not count."""

from pathlib import Path

import pytest
from loader_helpers import World

from orchestration.ingest import load_file

LEADS = "lead_id,created_at,email,updated_at\n"
SPEND = "date,platform,campaign_id,cost,device,_fivetran_synced\n"
CASES = {
    "one row a key": ("leads", LEADS + "1,2026-01-01,a@x.com,\n2,2026-01-01,a@x.com,\n", (0, 0, 0)),
    "versions": ("leads", LEADS + "1,2026-01-01,a@x.com,\n" * 3 + "2,2026-01-01,,2026-01-02\n", (1, 3, 2)),
    "a rejected row counts nowhere": ("leads", LEADS + "1,2026-01-01,a@x.com,\n1,no moment,a@x.com,\n", (0, 0, 0)),
    "spend of two devices": ("ad_spend", SPEND + "2026-01-01,x,c,5,a,\n2026-01-01,x,c,5,b,\n", (1, 2, 0)),
    "spend that is there twice": ("ad_spend", SPEND + "2026-01-01,x,c,5,a,1\n" * 2, (1, 2, 1)),
    "spend synchronised twice": ("ad_spend", SPEND + "2026-01-01,x,c,5,a,1\n2026-01-01,x,c,5,a,2\n", (1, 2, 1)),
    "both": (
        "ad_spend",
        SPEND + "2026-01-01,x,c,5,a,1\n2026-01-01,x,c,5,b,2\n" * 2 + "2026-01-01,x,d,1,,\n",
        (1, 4, 2),
    ),
    "nothing": ("ad_spend", SPEND, (0, 0, 0)),
}


@pytest.mark.parametrize("hashes", [2, 1000])
@pytest.mark.parametrize("case", CASES)
def test_rows_of_one_file_that_share_a_key_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, hashes: int
) -> None:
    monkeypatch.setattr(load_file, "_HASHES_AT_ONCE", hashes)
    entity, content, counts = CASES[case]
    world = World(tmp_path, entity)
    world.drop("a.csv", content)
    world.load()
    [entry] = world.ledger()
    assert (entry["keys_repeated"], entry["rows_repeated"], entry["rows_superseded"]) == counts


def test_files_do_not_repeat_each_other(tmp_path: Path) -> None:
    world = World(tmp_path, "leads")
    for number in range(2):
        world.drop(f"{number}.csv", f"{LEADS}1,2026-01-0{number + 1},a@x.com,\n")
    world.load()
    assert [entry["rows_repeated"] for entry in world.ledger()] == [0, 0]
