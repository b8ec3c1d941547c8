"""A Salesforce org in SQLite, and the part of its REST API that serves it: SOQL is close enough to SQL to be run."""

import itertools
import re
import sqlite3
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.web_server import Answer, Call

CLIENT = {"client_id": "app", "client_secret": "right"}
ROOT = "/services/data/v62.0"


@dataclass
class Org:
    """Records by object; a token is good for so many calls; a page has so many records (Salesforce: 2,000)."""

    page: int = 2
    calls_per_token: int = 1_000_000
    instance_url: str = ""
    types: dict[tuple[str, str], str] = field(default_factory=dict)
    """Type of a field by object and name, where it is no string."""
    left: dict[str, int] = field(default_factory=dict)
    """Calls that are left to each token."""
    on_query: Any = None
    _cursors: dict[str, list[dict]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.row_factory = sqlite3.Row

    def put(self, name: str, identity: str, at: str, **values: Any) -> None:
        """Write a record, whole, changed at that time."""
        self.delete_row(name, identity)
        time = "CreatedDate" if name.endswith("History") else "SystemModstamp"
        row = {"Id": identity, time: at.replace("Z", ".000+0000"), "IsDeleted": False, **values}
        known = self.fields(name)
        if not known:
            self._database.execute(f"create table {name} ({', '.join(row)})")
        for column in [column for column in row if known and column not in known]:
            self._database.execute(f"alter table {name} add column {column}")
        marks = ", ".join("?" * len(row))
        self._database.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", list(row.values()))

    def delete_row(self, name: str, identity: str) -> None:
        if self.fields(name):
            self._database.execute(f"delete from {name} where Id = ?", [identity])

    def fields(self, name: str) -> list[str]:
        return [row["name"] for row in self._database.execute(f"pragma table_info({name})")]

    def reply(self, call: Call) -> Answer:
        """What Salesforce answers."""
        if call.path == "/services/oauth2/token":
            return self._token(dict(parse_qsl(call.body.decode())))
        if self.left.get(call.token, 0) < 1:
            return Answer(401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
        self.left[call.token] -= 1
        if found := re.fullmatch(rf"{ROOT}/sobjects/(\w+)/describe", call.path):
            return self._describe(found[1])
        if call.path == f"{ROOT}/queryAll":
            return self._first_page(call.params["q"])
        if call.path.startswith(f"{ROOT}/query/"):
            return self._next_page(call.path.rsplit("/", 1)[1])
        return Answer(404, [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}])

    def _token(self, form: dict[str, str]) -> Answer:
        wanted = CLIENT | {"grant_type": "client_credentials"}
        if form.get("grant_type") == "refresh_token":
            wanted = CLIENT | {"grant_type": "refresh_token", "refresh_token": "fresh"}
        if form != wanted:
            return Answer(400, {"error": "invalid_client", "error_description": "invalid client credentials"})
        token = f"token-{next(self._numbers)}"
        self.left[token] = self.calls_per_token
        return Answer(content={"access_token": token, "instance_url": self.instance_url, "token_type": "Bearer"})

    def _describe(self, name: str) -> Answer:
        fields = self.fields(name)
        if not fields:
            return Answer(404, [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}])
        return Answer(
            content={"fields": [{"name": each, "type": self.types.get((name, each), "string")} for each in fields]}
        )

    def _first_page(self, soql: str) -> Answer:
        if self.on_query:
            self.on_query(soql)
        literal = r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z"
        rows = self._database.execute(re.sub(literal, r"'\1+0000'", soql)).fetchall()
        cursor = f"01g{next(self._numbers)}"
        name = re.search(r"FROM (\w+)", soql)[1]
        self._cursors[cursor] = [
            {"attributes": {"type": name}, **{key: typed(key, row[key]) for key in row.keys()}}  # noqa: SIM118
            for row in rows
        ]
        return self._page(cursor, 0)

    def _next_page(self, locator: str) -> Answer:
        cursor, offset = locator.split("-")
        return self._page(cursor, int(offset))

    def _page(self, cursor: str, offset: int) -> Answer:
        rows = self._cursors[cursor]
        end = offset + self.page
        content = {"totalSize": len(rows), "done": end >= len(rows), "records": rows[offset:end]}
        if end < len(rows):
            content["nextRecordsUrl"] = f"{ROOT}/query/{cursor}-{end}"
        return Answer(content=content)


def typed(name: str, value: Any) -> Any:
    """SQLite has no yes and no."""
    return bool(value) if name.startswith(("Is", "Has")) and value is not None else value
