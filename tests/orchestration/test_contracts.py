"""Contracts are the only place that says what is valid; a malformed one is named, and the documentation is current."""

import pytest

from orchestration.ingestion.contracts import ContractError, describe, load_contract, load_contracts
from orchestration.settings import PROJECT_DIR

ENTITIES = {
    *("ad_spend", "costs", "web_sessions", "web_events", "leads", "lead_stages"),
    *("activities", "accounts", "opportunities", "opportunity_contacts", "revenue"),
}


def test_the_standard_feed_has_its_entities():
    assert {contract.entity for contract in load_contracts() if contract.feed == "standard"} == ENTITIES


def test_feed_documentation_is_current():
    assert (PROJECT_DIR / "docs" / "feeds.md").read_text() == describe(load_contracts()), (
        "run: python -m orchestration.ingestion.contracts > docs/feeds.md"
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
