"""Contracts are the only place that says what is valid; a malformed one is named, and the documentation is current."""

import pytest

from orchestration.config.settings import PROJECT_DIR
from orchestration.ingest.contract import ContractError, describe, load_contract, load_contracts

ENTITIES = {
    *("ad_spend", "costs", "web_sessions", "web_events", "leads", "lead_stages"),
    *("activities", "accounts", "opportunities", "opportunity_contacts", "revenue"),
    "experiments",
}


def test_the_standard_feed_has_its_entities():
    assert {contract.entity for contract in load_contracts() if contract.feed == "standard"} == ENTITIES


def test_feed_documentation_is_current():
    assert (PROJECT_DIR / "docs" / "feeds.md").read_text() == describe(load_contracts()), (
        "run: python -m orchestration.ingest.contract > docs/feeds.md"
    )


GOOD = "entity: things\ngroup: crm\ndescription: One row per thing.\nkey: [id]\ncolumns:\n"
ID = "  - {name: id, type: text, required: true, description: The thing.}\n"

MALFORMED = {
    "no columns": ("entity: things\n", "columns"),
    "unknown word": (GOOD + ID + "owner: me\n", "owner"),
    "unknown type": (GOOD + "  - {name: id, type: uuid, description: x}\n", "type uuid"),
    "key elsewhere": (GOOD.replace("[id]", "[other]") + ID, "other"),
    "twice": (GOOD + ID + ID, "twice"),
    "reserved": (GOOD + ID + "  - {name: _file, type: text, description: x}\n", "reserved"),
    "bounded text": (GOOD + "  - {name: id, type: text, min: 0, description: x}\n", "for numbers"),
    "other name": (GOOD.replace("things", "stuff") + ID, r"stuff\.yml"),
    "no yaml": ("{", "things.yml"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_contract_is_a_clear_error(tmp_path, case):
    text, message = MALFORMED[case]
    path = tmp_path / "feed" / "things.yml"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ContractError, match=message):
        load_contract(path)


def test_a_contract_like_another_can_add_columns_and_replace_them(tmp_path):
    for feed, text in {
        "standard": GOOD + ID + "  - {name: amount, type: decimal, required: true, description: Its worth.}\n",
        "shop": "like: standard/things\ncolumns:\n  - {name: amount, type: integer, description: Its worth.}\n"
        "  - {name: seen_at, type: timestamp, description: When it was seen.}\n",
        "till": "like: standard/things\n",
    }.items():
        (tmp_path / feed).mkdir()
        (tmp_path / feed / "things.yml").write_text(text)
    shop = load_contract(tmp_path / "shop" / "things.yml")
    assert [(column.name, column.type, column.required) for column in shop.columns] == [
        ("id", "text", True),
        ("amount", "integer", False),
        ("seen_at", "timestamp", False),
    ]
    assert shop.key == ("id",)
    documented = describe([shop]).split("## shop/things")[1]
    assert "those of standard/things; besides" in documented
    assert "| amount |" in documented and "| seen_at |" in documented and "| id |" not in documented
    same = load_contract(tmp_path / "till" / "things.yml")
    assert same.column_names == ["id", "amount"]
    assert "|" not in describe([same]).split("## till/things")[1]
