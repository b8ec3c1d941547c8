"""Salesforce, over its REST API, in the tables of `contracts/salesforce`. docs/extractors.md says more.

A load asks for what changed between two moments, records in the recycle bin too. Salesforce keeps the list of what was
found while its pages are read, so that they do not shift where a record changes meanwhile.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from urllib.parse import quote_plus

import dlt
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth

from orchestration.extract import Extractor
from orchestration.extract.http_client import Api, Progress, chosen, column_names, moment, send_form, text_table
from orchestration.extract.pipeline import ExtractError, setting
from orchestration.ingest.contract import CONTRACTS_DIR, load_contract

OBJECTS = {
    "account": "Account",
    "campaign": "Campaign",
    "campaign_member": "CampaignMember",
    "contact": "Contact",
    "event": "Event",
    "lead": "Lead",
    "lead_history": "LeadHistory",
    "opportunity": "Opportunity",
    "opportunity_contact_role": "OpportunityContactRole",
    "task": "Task",
    "user": "User",
}
# Files, and what has its parts in fields of their own.
LEFT_OUT = {"address", "base64", "location"}
TOKEN_PATH = "/services/oauth2/token"
# Salesforce takes no address above 16 kB, and the query is in it.
LONGEST_QUERY = 15_000


@dlt.source(name="salesforce", section="salesforce")
def salesforce(
    client_id: str = dlt.config.value,
    client_secret: str = dlt.secrets.value,
    refresh_token: dlt.TSecretStrValue | None = None,
    base_url: str = "https://login.salesforce.com",
    api_version: str = "62.0",
    lag_minutes: int = 60,
    without: list[str] | None = None,
) -> list[Any]:
    """A resource per object."""
    form = {"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"}
    if refresh_token:
        form |= {"refresh_token": refresh_token, "grant_type": "refresh_token"}
    api = Api("salesforce", "client_secret", base_url, lambda: _token(api, base_url, form), may_expire=True)
    root, lag = f"/services/data/v{api_version}", timedelta(minutes=lag_minutes)
    resources = [dlt.resource(_records, name=name)(api, root, name, lag) for name in OBJECTS]
    return chosen("salesforce", resources, without)


EXTRACTOR = Extractor(name="salesforce", source=salesforce, credential="client_secret")


def _token(api: Api, base_url: str, form: dict[str, str]) -> BearerTokenAuth:
    """A new token; what follows goes where Salesforce says that this company's data are."""
    response = send_form(api, base_url, TOKEN_PATH, form)
    if response.status_code in (400, 401):
        names = ["client_id", *(["refresh_token"] if "refresh_token" in form else []), api.credential]
        settings = ", ".join(setting("salesforce", name) for name in names)
        raise ExtractError(f"salesforce: {response.status_code} for {TOKEN_PATH}: it refuses one of {settings}")
    answer = api.answer(TOKEN_PATH, response)
    if not answer.get("access_token"):
        raise api.unexpected(TOKEN_PATH, "no access_token")
    api.base_url = answer.get("instance_url") or api.base_url
    return BearerTokenAuth(answer["access_token"])


def _records(api: Api, root: str, table: str, lag: timedelta) -> Iterator[Any]:
    """What changed or was deleted since the last load, with all fields the owner of the token may see."""
    path = f"{root}/sobjects/{OBJECTS[table]}/describe"
    described = api.rows(path, api.get(path), "fields", "name", "type")
    columns = column_names(each["name"] for each in described if each["type"] not in LEFT_OUT)
    # History has no other time than that of its creation.
    changed = "SystemModstamp" if "SystemModstamp" in columns else "CreatedDate"
    if not {"Id", changed} <= columns.keys():
        raise api.unexpected(path, f"no field {changed} with Id")
    until = _newest_change(api, root, OBJECTS[table], changed)
    if until is None:
        return
    fields = _fitting(table, columns)
    progress = Progress(dlt.current.resource_state(), lag, until)
    for records in _query(api, root, OBJECTS[table], [*fields], changed, progress.start, until):
        versions = {record["Id"]: record[changed] for record in records}
        news = progress.news(versions)
        rows = [
            {column: record.get(name) for name, column in columns.items()} for record in records if record["Id"] in news
        ]
        if rows:
            yield dlt.mark.with_table_name(text_table(rows, fields.values()), table)
    progress.done()


def _fitting(table: str, columns: dict[str, str]) -> dict[str, str]:
    """Fields and columns that one query can name: those of the contract first, then by name."""
    contract = load_contract(CONTRACTS_DIR / "salesforce" / f"{table}.yml")
    ordered = sorted(columns, key=lambda name: columns[name] not in contract.column_names)
    lengths = accumulate(len(quote_plus(f"{name},")) for name in ordered)
    return {name: columns[name] for name, length in zip(ordered, lengths, strict=True) if length <= LONGEST_QUERY}


def _newest_change(api: Api, root: str, name: str, changed: str) -> datetime | None:
    path = f"{root}/queryAll"
    soql = f"SELECT Id, {changed} FROM {name} ORDER BY {changed} DESC NULLS LAST LIMIT 1"
    newest = api.rows(path, api.get(path, q=soql), "records", changed)
    return moment(newest[0][changed]) if newest else None


def _query(
    api: Api, root: str, name: str, fields: list[str], changed: str, start: datetime | None, until: datetime
) -> Iterator[list[dict[str, Any]]]:
    """Pages of the records changed from `start` (from the first on) to `until`, both included."""
    window = [f"{changed} <= {_literal(until)}"] + ([f"{changed} >= {_literal(start)}"] if start else [])
    soql = f"SELECT {','.join(fields)} FROM {name} WHERE {' AND '.join(window)} ORDER BY Id"
    path: str | None = f"{root}/queryAll"
    params = {"q": soql}
    while path:
        answer = api.get(path, **params)
        yield api.rows(path, answer, "records", "Id", changed)
        path, params = answer.get("nextRecordsUrl"), {}


def _literal(at: datetime) -> str:
    """A moment as SOQL has it. Salesforce's own have whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
