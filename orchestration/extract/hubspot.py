"""HubSpot, over its web API, in the tables of `contracts/hubspot`. docs/extractors.md has settings, scopes and gaps."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import dlt
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth

from orchestration.extract import Extractor
from orchestration.extract.http_client import (
    Api,
    Progress,
    altered,
    chosen,
    column_names,
    from_milliseconds,
    milliseconds,
    text_table,
)
from orchestration.extract.hubspot_records import (
    PAGE,
    Kind,
    Record,
    associated,
    changed_ids,
    deleted,
    newest_change,
    next_page,
    properties,
    read,
)
from orchestration.ingest.contract import CONTRACTS_DIR, load_contract

Rows = list[dict[str, Any]]
KINDS = {
    "contact": Kind("contacts", "id", modified="lastmodifieddate", history=("lifecyclestage", "hs_lead_status")),
    "company": Kind("companies", "id", deleted="is_deleted"),
    "deal": Kind(
        "deals",
        "deal_id",
        deleted="is_deleted",
        history=("dealstage",),
        copies={"deal_pipeline_id": "pipeline", "deal_pipeline_stage_id": "dealstage"},
    ),
    "engagement_call": Kind("calls"),
    "engagement_email": Kind("emails"),
    "engagement_meeting": Kind("meetings"),
}
# What was only sent or opened is no answer of anybody, and most of what there is.
EMAIL_EVENTS = ("CLICK", "REPLY")
EVENTS_PAGE = 1000
MILLISECONDS = re.compile(r"\d{1,14}", re.ASCII)


@dlt.source(name="hubspot", section="hubspot")
def hubspot(
    access_token: str = dlt.secrets.value,
    base_url: str = "https://api.hubapi.com",
    lag_minutes: int = 60,
    without: list[str] | None = None,
) -> list[Any]:
    """A resource per kind of record, and per list beside them."""
    api = Api("hubspot", "access_token", base_url, lambda: BearerTokenAuth(access_token))
    lag = timedelta(minutes=lag_minutes)
    lists = {"deal_pipeline_stage": _stages, "form": _forms, "owner": _owners}
    resources = [dlt.resource(_records, name=name)(api, name, lag) for name in KINDS]
    resources += [dlt.resource(_list, name=name)(api, name, rows) for name, rows in lists.items()]
    resources.append(dlt.resource(_email_events, name="email_event")(api, lag))
    return chosen("hubspot", resources, without)


EXTRACTOR = Extractor(name="hubspot", source=hubspot, credential="access_token")


def _records(api: Api, table: str, lag: timedelta) -> Iterator[Any]:
    """What changed or was deleted since the last load, and what belongs to it."""
    kind, state = KINDS[table], dlt.current.resource_state()
    names = _wanted(table) if table in ENGAGEMENTS else properties(api, kind)
    own = [kind.key, kind.deleted, *kind.copies]
    columns = column_names([*names, kind.modified], "property_", own)
    all_columns = [*own, *columns.values()]
    if until := newest_change(api, kind):
        changes = Progress(state.setdefault("changes", {}), lag, until)
        for ids in changed_ids(api, kind, changes.start, until):
            found = {record["id"]: record for record in read(api, kind, ids, list(columns))}
            news = changes.news({identity: record["properties"][kind.modified] for identity, record in found.items()})
            records = [record for identity, record in found.items() if identity in news]
            yield from _table(table, [_row(kind, record, columns) for record in records], all_columns)
            for beside, rows in BESIDE.get(table, _nothing)(api, kind, records):
                yield from _table(beside, rows)
        changes.done()
    deletions = Progress(state.setdefault("deletions", {}), lag)
    for moments in deleted(api, kind):
        news = deletions.news(moments)
        # The moment of the deletion is that of this version.
        rows = [
            {kind.key: identity, kind.deleted: True, columns[kind.modified]: at}
            for identity, at in moments.items()
            if identity in news
        ]
        yield from _table(table, rows, all_columns)
    deletions.done()


def _wanted(table: str) -> list[str]:
    """The properties that the contract has: engagements have long and private texts beside them."""
    contract = load_contract(CONTRACTS_DIR / "hubspot" / f"{table}.yml")
    return [name.removeprefix("property_") for name in contract.column_names if name.startswith("property_")]


def _row(kind: Kind, record: Record, columns: dict[str, str]) -> dict[str, Any]:
    values = record["properties"]
    copies = {column: values.get(name) for column, name in kind.copies.items()}
    return {
        kind.key: record["id"],
        kind.deleted: False,
        **copies,
        **{column: values.get(name) for name, column in columns.items()},
    }


def _beside_contacts(api: Api, kind: Kind, records: list[Record]) -> Iterator[tuple[str, Rows]]:
    yield (
        "contact_property_history",
        [
            {"contact_id": identity, "name": name, "value": value, "timestamp": at}
            for identity, name, value, at in _history(api, kind, records)
        ],
    )
    # form::time;form::time, the newest 800. Merged contacts list the same ones, so the contact is no part of the id.
    sent = [
        (record["id"], [part for part in each.split(":") if part])
        for record in records
        for each in (record["properties"].get("hs_calculated_form_submissions") or "").split(";")
        if each.strip(": ")
    ]
    yield (
        "contact_form_submission",
        [
            {
                "conversion_id": ":".join(parts),
                "contact_id": identity,
                "form_id": parts[0],
                # The loader rejects what is not a time.
                "timestamp": from_milliseconds(parts[-1]) if MILLISECONDS.fullmatch(parts[-1]) else parts[-1],
            }
            for identity, parts in sent
        ],
    )


def _beside_deals(api: Api, kind: Kind, records: list[Record]) -> Iterator[tuple[str, Rows]]:
    yield (
        "deal_stage",
        [
            {"deal_id": identity, "value": value, "date_entered": at}
            for identity, _, value, at in _history(api, kind, records)
        ],
    )
    yield (
        "merged_deal",
        [
            {"deal_id": record["id"], "merged_deal_id": merged.split(":")[0].strip()}
            for record in records
            for merged in (record["properties"].get("hs_merged_object_ids") or "").split(";")
            if merged.strip()
        ],
    )
    yield from _pairs(api, kind, records, {"companies": "deal_company", "contacts": "deal_contact"})


def _beside_engagements(api: Api, kind: Kind, records: list[Record]) -> Iterator[tuple[str, Rows]]:
    yield from _pairs(api, kind, records, {"companies": "engagement_company", "contacts": "engagement_contact"})


def _nothing(api: Api, kind: Kind, records: list[Record]) -> Iterator[tuple[str, Rows]]:
    yield from ()


ENGAGEMENTS = [table for table in KINDS if table.startswith("engagement_")]
BESIDE = {"contact": _beside_contacts, "deal": _beside_deals} | dict.fromkeys(ENGAGEMENTS, _beside_engagements)


def _history(api: Api, kind: Kind, records: list[Record]) -> Iterator[tuple[str, str, str, str]]:
    """Id, property, value and moment of each value a property had; a value that was emptied is none."""
    path = f"/crm/v3/objects/{kind.path}/batch/read"
    for record in records:
        for name, values in (record.get("propertiesWithHistory") or {}).items():
            for each in api.rows(path, {name: values}, name, "timestamp"):
                if each.get("value"):
                    yield record["id"], name, each["value"], each["timestamp"]


def _pairs(api: Api, kind: Kind, records: list[Record], tables: dict[str, str]) -> Iterator[tuple[str, Rows]]:
    """A row per pair that belongs together; of deals and companies one per kind of association."""
    ids = [record["id"] for record in records]
    for other, table in tables.items():
        contract = load_contract(CONTRACTS_DIR / "hubspot" / f"{table}.yml")
        key, other_key = contract.key[:2]
        rows = [
            {key: identity, other_key: other_id, "type_id": each.get("typeId"), "category": each.get("category")}
            for identity, other_id, each in associated(api, kind, other, ids)
        ]
        yield table, list({tuple(row.get(name) for name in contract.key): row for row in rows}.values())


def _list(api: Api, name: str, rows: Callable[[Api], Rows]) -> Iterator[Any]:
    """What is new or other in a list that is read whole every time."""
    key = load_contract(CONTRACTS_DIR / "hubspot" / f"{name}.yml").key[0]
    yield from _table(name, altered(dlt.current.resource_state(), rows(api), key))


# Each row has the time of its change: the loader skips a file equal to an earlier one, and a name may be given back.
def _stages(api: Api) -> Rows:
    path = "/crm/v3/pipelines/deals"
    return [
        {
            "stage_id": stage["id"],
            "label": stage.get("label"),
            "pipeline_id": pipeline["id"],
            "is_closed": (stage.get("metadata") or {}).get("isClosed"),
            "probability": (stage.get("metadata") or {}).get("probability"),
            "updated_at": stage.get("updatedAt"),
        }
        for pipeline in api.rows(path, api.get(path), "results", "id", "stages")
        for stage in api.rows(path, pipeline, "stages", "id")
    ]


def _forms(api: Api) -> Rows:
    rows = _all_pages(api, "/marketing/v3/forms")
    names = {"guid": "id", "name": "name", "form_type": "formType", "updated_at": "updatedAt"}
    return [{column: row.get(name) for column, name in names.items()} for row in rows]


def _owners(api: Api) -> Rows:
    """Those who left too: they still own records."""
    path = "/crm/v3/owners"
    rows = [*_all_pages(api, path), *_all_pages(api, path, archived="true")]
    names = {
        "owner_id": "id",
        "first_name": "firstName",
        "last_name": "lastName",
        "email": "email",
        "updated_at": "updatedAt",
    }
    return [{column: row.get(name) for column, name in names.items()} for row in rows]


def _all_pages(api: Api, path: str, **params: Any) -> Rows:
    rows: Rows = []
    after: dict[str, Any] = {}
    while True:
        answer = api.get(path, limit=PAGE, **params, **after)
        rows += api.rows(path, answer, "results", "id")
        if not (after := next_page(answer)):
            return rows


def _email_events(api: Api, lag: timedelta) -> Iterator[Any]:
    """Clicks and replies since the last load; events do not change."""
    path = "/email/public/v1/events"
    names = {"id": "id", "type": "type", "recipient": "recipient", "email_campaign_id": "emailCampaignId"}
    names["filtered_event"] = "filteredEvent"
    for kind in EMAIL_EVENTS:
        progress = Progress(dlt.current.resource_state().setdefault(kind, {}), lag)
        since = {"startTimestamp": milliseconds(progress.start)} if progress.start else {}
        offset: dict[str, Any] = {}
        more = True
        while more:
            answer = api.get(path, eventType=kind, limit=EVENTS_PAGE, **since, **offset)
            events = api.rows(path, answer, "events", "id", "created")
            times = {event["id"]: from_milliseconds(event["created"]) for event in events}
            news = progress.news(times)
            rows = [
                {"created": times[event["id"]], **{column: event.get(name) for column, name in names.items()}}
                for event in events
                if event["id"] in news
            ]
            yield from _table("email_event", rows)
            before, offset = offset, {"offset": answer.get("offset")}
            more = answer.get("hasMore") is True
            if more and (not offset["offset"] or offset == before):
                # The same page would come for ever.
                raise api.unexpected(path, "more events and no next offset")
        progress.done()


def _table(name: str, rows: Rows, columns: Iterable[str] = ()) -> Iterator[Any]:
    """The rows as one Arrow table for dlt, if there are any."""
    if rows:
        yield dlt.mark.with_table_name(text_table(rows, columns or rows[0]), name)
