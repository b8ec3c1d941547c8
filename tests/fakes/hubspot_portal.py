"""A HubSpot account in memory, and the part of HubSpot's web API that serves it, with its limits."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.web_server import Answer, Call

TOKEN = "pat-right"
MODIFIED = {"contacts": "lastmodifieddate"}
MISSING = {"category": "OBJECT_NOT_FOUND", "message": "nothing of this id"}


@dataclass
class Portal:
    """Records by kind and id; `search_limit` is how far a search goes (HubSpot: 10,000)."""

    search_limit: int = 10_000
    records: dict[str, dict[str, dict]] = field(default_factory=dict)
    archived: dict[str, dict[str, str]] = field(default_factory=dict)
    history: dict[tuple[str, str, str], list[dict]] = field(default_factory=dict)
    pairs: dict[tuple[str, str], dict[str, list[tuple[str, int]]]] = field(default_factory=dict)
    pipelines: list[dict] = field(default_factory=list)
    owners: list[dict] = field(default_factory=list)
    forms: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    unindexed: set[str] = field(default_factory=set)
    """Ids that search does not know of yet."""
    association_page: int = 500
    meanwhile: Any = None
    """Called with the address before an answer: who works in the account while it is read."""

    def put(self, kind: str, identity: str | int, at: str, **properties: Any) -> None:
        """Write properties of a record, which is then changed at that time."""
        record = self.records.setdefault(kind, {}).setdefault(str(identity), {"hs_object_id": str(identity)})
        record |= {name: str(value) for name, value in properties.items()} | {modified(kind): at}
        for name, value in properties.items():
            self.history.setdefault((kind, str(identity), name), []).insert(
                0, {"value": str(value), "timestamp": at, "sourceType": "CRM_UI"}
            )

    def archive(self, kind: str, identity: str | int, at: str) -> None:
        self.records[kind].pop(str(identity))
        self.archived.setdefault(kind, {})[str(identity)] = at

    def merge(self, kind: str, gone: str | int, left: str | int, at: str) -> None:
        """Merge one record into another: HubSpot then knows the one that is left alone."""
        self.records[kind].pop(str(gone))
        merged = self.records[kind][str(left)].get("hs_merged_object_ids")
        self.put(kind, left, at, hs_merged_object_ids=";".join(filter(None, [merged, str(gone)])))
        for (one, other), pairs in self.pairs.items():
            if one == kind:
                pairs.setdefault(str(left), []).extend(pairs.pop(str(gone), []))
            if other == kind:
                for to in pairs.values():
                    to[:] = [(str(left) if identity == str(gone) else identity, type_id) for identity, type_id in to]

    def associate(self, kind: str, identity: str | int, other: str, other_id: str | int, *types: int) -> None:
        to = self.pairs.setdefault((kind, other), {}).setdefault(str(identity), [])
        to += [(str(other_id), type_id) for type_id in types]

    def reply(self, call: Call) -> Answer:
        """What HubSpot answers."""
        if call.token != TOKEN:
            return Answer(401, {"status": "error", "category": "INVALID_AUTHENTICATION", "message": "expired"})
        if self.meanwhile:
            self.meanwhile(call.path)
        for pattern, answer in ROUTES.items():
            if found := re.fullmatch(pattern, f"{call.method} {call.path}"):
                return answer(self, call, *found.groups())
        return Answer(404, {"status": "error", "message": "no such address"})

    def _properties(self, call: Call, kind: str) -> Answer:
        names = {name for record in self.records.get(kind, {}).values() for name in record}
        return results([{"name": name, "type": "string"} for name in sorted(names | {modified(kind)})])

    def _search(self, call: Call, kind: str) -> Answer:
        asked = call.json
        [group] = asked["filterGroups"] or [{"filters": []}]
        [sort] = asked["sorts"]
        offset, limit = int(asked.get("after") or 0), asked["limit"]
        if offset + limit > self.search_limit or limit > 200:
            return Answer(400, {"status": "error", "message": f"paging stops at {self.search_limit} results"})
        found = [
            (identity, record)
            for identity, record in self.records.get(kind, {}).items()
            if identity not in self.unindexed and all(fits(record, each) for each in group["filters"])
        ]
        found.sort(key=lambda item: rank(item[1].get(sort["propertyName"])), reverse=sort["direction"] == "DESCENDING")
        page = [shown(identity, record, asked["properties"]) for identity, record in found[offset : offset + limit]]
        following = {"paging": {"next": {"after": str(offset + limit)}}} if offset + limit < len(found) else {}
        return Answer(content={"total": len(found), "results": page, **following})

    def _read(self, call: Call, kind: str) -> Answer:
        asked = call.json
        ids = [each["id"] for each in asked["inputs"]]
        histories = asked.get("propertiesWithHistory") or []
        if len(ids) > (50 if histories else 100):
            return Answer(400, {"status": "error", "message": "too many inputs"})
        records = self.records.get(kind, {})
        found = []
        for identity in ids:
            if identity in records:
                found.append(shown(identity, records[identity], asked["properties"]))
                if histories:
                    found[-1]["propertiesWithHistory"] = {
                        name: self.history.get((kind, identity, name), []) for name in histories
                    }
        return partly(found, len(ids) - len(found))

    def _list(self, call: Call, kind: str) -> Answer:
        assert call.params["archived"] == "true"
        rows = sorted(self.archived.get(kind, {}).items(), key=lambda item: int(item[0]))
        return paged(
            call,
            [
                {"id": identity, "properties": {}, "archived": True, "archivedAt": at}
                for identity, at in rows
                if int(identity) > int(call.params.get("after") or 0)
            ],
        )

    def _associations(self, call: Call, kind: str, other: str) -> Answer:
        found = []
        for each in call.json["inputs"]:
            to = self.pairs.get((kind, other), {}).get(each["id"], [])
            offset = int(each.get("after") or 0)
            ids = list(dict.fromkeys(identity for identity, _ in to))
            if not ids:
                continue
            page = ids[offset : offset + self.association_page]
            row = {
                "from": {"id": each["id"]},
                "to": [
                    {
                        "toObjectId": int(identity),
                        "associationTypes": [
                            {"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": None}
                            for to_id, type_id in to
                            if to_id == identity
                        ],
                    }
                    for identity in page
                ],
            }
            if offset + len(page) < len(ids):
                row["paging"] = {"next": {"after": str(offset + len(page))}}
            found.append(row)
        return partly(found, len(call.json["inputs"]) - len(found))

    def _pipelines(self, call: Call) -> Answer:
        return results(self.pipelines)

    def _owners(self, call: Call) -> Answer:
        archived = call.params.get("archived") == "true"
        return paged(call, [owner for owner in self.owners if owner["archived"] == archived])

    def _forms(self, call: Call) -> Answer:
        return paged(call, self.forms)

    def _events(self, call: Call) -> Answer:
        since = int(call.params.get("startTimestamp") or 0)
        events = [
            event for event in self.events if event["type"] == call.params["eventType"] and event["created"] >= since
        ]
        events.sort(key=lambda event: event["created"], reverse=True)
        offset, limit = int(call.params.get("offset") or 0), 2
        more = offset + limit < len(events)
        content = {"hasMore": more, "events": events[offset : offset + limit]}
        return Answer(content=content | ({"offset": str(offset + limit)} if more else {}))


ROUTES = {
    r"GET /crm/v3/properties/(\w+)": Portal._properties,
    r"POST /crm/v3/objects/(\w+)/search": Portal._search,
    r"POST /crm/v3/objects/(\w+)/batch/read": Portal._read,
    r"GET /crm/v3/objects/(\w+)": Portal._list,
    r"POST /crm/v4/associations/(\w+)/(\w+)/batch/read": Portal._associations,
    r"GET /crm/v3/pipelines/deals": Portal._pipelines,
    r"GET /crm/v3/owners": Portal._owners,
    r"GET /marketing/v3/forms": Portal._forms,
    r"GET /email/public/v1/events": Portal._events,
}


def modified(kind: str) -> str:
    return MODIFIED.get(kind, "hs_lastmodifieddate")


def results(rows: list) -> Answer:
    return Answer(content={"results": rows})


def partly(rows: list, missing: int) -> Answer:
    """HubSpot answers 207 where it has nothing of some."""
    content = {"status": "COMPLETE", "results": rows}
    return (
        Answer(207, content | {"numErrors": missing, "errors": [MISSING] * missing})
        if missing
        else Answer(200, content)
    )


def paged(call: Call, rows: list) -> Answer:
    """Two at a time, whatever is asked for, so that there are pages."""
    ids = [row["id"] for row in rows]
    after = call.params.get("after")
    start = ids.index(after) + 1 if after in ids else 0
    page = rows[start : start + 2]
    following = {"paging": {"next": {"after": page[-1]["id"]}}} if start + 2 < len(rows) else {}
    return Answer(content={"results": page, **following})


def shown(identity: str, record: dict, names: list[str]) -> dict:
    return {"id": identity, "properties": {name: record.get(name) for name in names}, "archived": False}


def fits(record: dict, each: dict) -> bool:
    have, wanted = rank(record.get(each["propertyName"])), int(each["value"])
    return {"GTE": have >= wanted, "LTE": have <= wanted, "GT": have > wanted, "LT": have < wanted}[each["operator"]]


def rank(value: str | None) -> int:
    """Numbers as they are, moments as milliseconds, as the search index has them."""
    if value is None:
        return -1
    if value.isdecimal():
        return int(value)
    return (datetime.fromisoformat(value) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
