"""Reading HubSpot's records: which changed, which were deleted, all they hold, and what they are associated with.

Search knows records by the time of their change. A load takes what changed between two moments, by ascending id, each
page being the first one of a search for higher ids: pages do not shift where records change meanwhile, however many
share one moment, and the 10,000th result, where a search ends, is never reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.extract.http_client import Api, milliseconds, moment

Record = dict[str, Any]
# Most that HubSpot gives at once; less where the history of properties comes with it.
PAGE, HISTORY_PAGE = 100, 50


@dataclass(frozen=True)
class Kind:
    """A kind of record: its name in addresses, and the columns of its table that all kinds have under own names."""

    path: str
    key: str = "engagement_id"
    deleted: str = "_fivetran_deleted"
    modified: str = "hs_lastmodifieddate"
    history: tuple[str, ...] = ()
    """Properties whose earlier values are wanted too."""
    copies: dict[str, str] = field(default_factory=dict)
    """Columns that repeat a property under another name."""


def properties(api: Api, kind: Kind) -> list[str]:
    """The names of all properties a kind has in this account."""
    path = f"/crm/v3/properties/{kind.path}"
    return [row["name"] for row in api.rows(path, api.get(path), "results", "name")]


def newest_change(api: Api, kind: Kind) -> datetime | None:
    """When a record was last changed; None where there are none."""
    newest = _search(api, kind, [], kind.modified, "DESCENDING", limit=1)
    return moment(newest[0]["properties"][kind.modified]) if newest else None


def changed_ids(api: Api, kind: Kind, start: datetime | None, until: datetime) -> Iterator[list[str]]:
    """Pages of ids of the records changed from `start` (from the first on) to `until`, both included."""
    window = [{"propertyName": kind.modified, "operator": "LTE", "value": str(milliseconds(until))}]
    if start:
        window.append({"propertyName": kind.modified, "operator": "GTE", "value": str(milliseconds(start))})
    last = 0
    while True:
        higher = {"propertyName": "hs_object_id", "operator": "GT", "value": str(last)}
        ids = [row["id"] for row in _search(api, kind, [*window, higher], "hs_object_id", "ASCENDING", PAGE)]
        if not ids:
            return
        if int(ids[0]) <= last:
            raise api.unexpected(f"/crm/v3/objects/{kind.path}/search", "ids that were not asked for")
        yield ids
        last = int(ids[-1])


def read(api: Api, kind: Kind, ids: list[str], names: list[str]) -> list[Record]:
    """The records of these ids, as they are now, with the properties named; those that are gone are left out."""
    path = f"/crm/v3/objects/{kind.path}/batch/read"
    size = HISTORY_PAGE if kind.history else PAGE
    found = []
    for at in range(0, len(ids), size):
        body = {"properties": names, "inputs": [{"id": identity} for identity in ids[at : at + size]]}
        if kind.history:
            body["propertiesWithHistory"] = list(kind.history)
        records = api.rows(path, _whole(api, path, api.post(path, body)), "results", "id", "properties")
        if not all(record["properties"].get(kind.modified) for record in records):
            raise api.unexpected(path, f"records without {kind.modified}")
        found += records
    return found


def deleted(api: Api, kind: Kind) -> Iterator[dict[str, str]]:
    """Pages of all that HubSpot still knows to be deleted (it forgets after 90 days): id and moment."""
    after: dict[str, Any] = {}
    path = f"/crm/v3/objects/{kind.path}"
    while True:
        answer = api.get(path, archived="true", limit=PAGE, **after)
        rows = api.rows(path, answer, "results", "id", "archivedAt")
        yield {row["id"]: row["archivedAt"] for row in rows}
        after = next_page(answer)
        if not after:
            return


def associated(api: Api, kind: Kind, other: str, ids: list[str]) -> Iterator[tuple[str, str, Record]]:
    """Id, id of the other and type of each association of the records of these ids with one other kind."""
    path = f"/crm/v4/associations/{kind.path}/{other}/batch/read"
    inputs: list[dict[str, str]] = [{"id": identity} for identity in ids]
    while inputs:
        answer = _whole(api, path, api.post(path, {"inputs": inputs}))
        rows = api.rows(path, answer, "results", "from", "to")
        for row in rows:
            for to in api.rows(path, row, "to", "toObjectId", "associationTypes"):
                yield from ((str(row["from"]["id"]), str(to["toObjectId"]), each) for each in to["associationTypes"])
        inputs = [{"id": row["from"]["id"], **after} for row in rows if (after := next_page(row))]


def next_page(answer: dict[str, Any]) -> dict[str, str]:
    """What to add to a request to get the page after this answer; nothing after the last."""
    following = (answer.get("paging") or {}).get("next") or {}
    return {"after": following["after"]} if following.get("after") else {}


def _search(api: Api, kind: Kind, filters: list[dict], sort: str, direction: str, limit: int) -> list[Record]:
    path = f"/crm/v3/objects/{kind.path}/search"
    body = {
        "filterGroups": [{"filters": filters}] if filters else [],
        "sorts": [{"propertyName": sort, "direction": direction}],
        "properties": [kind.modified],
        "limit": limit,
    }
    return api.rows(path, api.post(path, body), "results", "id", "properties")


def _whole(api: Api, path: str, answer: dict[str, Any]) -> dict[str, Any]:
    """An answer to many ids, which may hold errors for some: that there is nothing of an id is none."""
    errors = [error for error in answer.get("errors") or [] if error.get("category") != "OBJECT_NOT_FOUND"]
    if errors:
        raise api.unexpected(path, f"an error of category {errors[0].get('category')}")
    return answer
