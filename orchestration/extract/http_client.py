"""What extractors of web APIs share: requests that survive faults, tables of text, what is new since the last load."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import requests
from dlt.common.configuration import resolve_configuration
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.common.normalizers.naming.snake_case import NamingConvention
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.typing import HTTPMethod
from requests.auth import AuthBase

from orchestration.extract.pipeline import ExtractError, setting

# Of what a vendor says of an error.
LONGEST_REMARK = 200
# Salesforce answers 403 as for a missing right where its limit of requests is reached, and tells them apart by this.
USED_UP = "REQUEST_LIMIT_EXCEEDED"


@dataclass
class Api:
    """A vendor's web API. Its faults are ExtractErrors, after retries of 429 (at the time it names) and 5xx."""

    extractor: str
    credential: str
    base_url: str
    log_in: Callable[[], AuthBase]
    """Gives the token that goes with every request."""
    may_expire: bool = False
    """Whether one that is refused is worth getting a new one, once a request."""
    _client: RESTClient | None = None

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """The JSON object that a GET is answered with."""
        return self.ask("GET", path, params=params)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON object that a POST is answered with."""
        return self.ask("POST", path, json=body)

    def ask(self, method: HTTPMethod, path: str, **request: Any) -> dict[str, Any]:
        """The JSON object that a request is answered with."""
        if self._client is None:
            self._connect()
        response = self._send(method, path, request)
        if response.status_code == requests.codes.unauthorized and self.may_expire:
            self._connect()
            response = self._send(method, path, request)
        return self.answer(path, response)

    def answer(self, path: str, response: requests.Response) -> dict[str, Any]:
        """The JSON object in a response."""
        if not response.ok:
            raise ExtractError(f"{self.extractor}: {response.status_code} for {path}: {self._why(response)}")
        try:
            # Amounts stay as they are written.
            answer = response.json(parse_float=str)
        except requests.JSONDecodeError as error:
            raise self.unexpected(path, "no JSON") from error
        if not isinstance(answer, dict):
            raise self.unexpected(path, "no JSON object")
        return answer

    def rows(self, path: str, answer: dict[str, Any], key: str, *needed: str) -> list[dict[str, Any]]:
        """The list of objects under a key of an answer; each has the members that are needed."""
        rows = answer.get(key)
        if not isinstance(rows, list):
            raise self.unexpected(path, f"no list {key}")
        for member in needed:
            if not all(isinstance(row, dict) and row.get(member) is not None for row in rows):
                raise self.unexpected(path, f"{key} without {member}")
        return rows

    def unexpected(self, path: str, what: str) -> ExtractError:
        """For an answer that is not what the vendor documents."""
        return ExtractError(
            f"{self.extractor}: {path} has {what}; is {setting(self.extractor, 'base_url')} the vendor's API?"
        )

    def _connect(self) -> None:
        token = self.log_in()
        self._client = _client(self.base_url, token)

    def _send(self, method: HTTPMethod, path: str, request: dict[str, Any]) -> requests.Response:
        assert self._client is not None, "log in first"
        try:
            return self._client.request(path, method, **request)
        except requests.RequestException as error:
            raise self.silent(path, error) from error

    def silent(self, path: str, error: requests.RequestException) -> ExtractError:
        """For a request without an answer."""
        why = type(error).__name__
        return ExtractError(
            f"{self.extractor}: no answer for {path} ({why}); see {setting(self.extractor, 'base_url')}"
        )

    def _why(self, response: requests.Response) -> str:
        remark = _remark(response)
        if _told(response).get("errorCode") == USED_UP:
            return f"the requests it allows are used up; try again when it allows more{remark}"
        if response.status_code == requests.codes.unauthorized:
            return f"it refuses {setting(self.extractor, self.credential)}{remark}"
        if response.status_code in (requests.codes.forbidden, requests.codes.not_found):
            without = setting(self.extractor, "without")
            return f"allow the owner of the token to read it, or leave it out by {without}{remark}"
        if response.status_code < 500 and response.status_code != requests.codes.too_many_requests:
            return f"it does not take what it was asked{remark}"
        return f"the vendor failed, also when asked again later{remark}"


def _client(base_url: str, auth: AuthBase | None) -> RESTClient:
    config = resolve_configuration(RuntimeConfiguration())
    client = Client(raise_for_status=False)
    client.update_from_config(config)
    return RESTClient(base_url, auth=auth, session=client.session, config=config)


def send_form(api: Api, base_url: str, path: str, form: dict[str, str]) -> requests.Response:
    """The response to a form that is sent without a token, to get one."""
    try:
        return _client(base_url, None).post(path, data=form)
    except requests.RequestException as error:
        raise api.silent(path, error) from error


def _told(response: requests.Response) -> dict[str, Any]:
    """What the vendor says of an error: HubSpot in an object, Salesforce in a list of them."""
    try:
        answer = response.json()
    except requests.JSONDecodeError:
        return {}
    first = answer[0] if isinstance(answer, list) and answer else answer
    return first if isinstance(first, dict) else {}


def _remark(response: requests.Response) -> str:
    """The vendor's message and the context it gives, in brackets and cut short; nothing where it gives none."""
    first = _told(response)
    parts = [first.get("message") or first.get("error_description")]
    errors = first["errors"] if isinstance(first.get("errors"), list) else []
    parts += [json.dumps(error["context"]) for error in errors if isinstance(error, dict) and error.get("context")]
    text = " ".join(str(part) for part in parts if part)
    return f" ({text[:LONGEST_REMARK]})" if text else ""


def column_names(names: Iterable[str], prefix: str = "", taken: Iterable[str] = ()) -> dict[str, str]:
    """A column for each of a vendor's names, in their order, in lower snake case; one that is taken gets a number."""
    naming, columns, used = NamingConvention(), {}, set(taken)
    for name in sorted(set(names)):
        column = wanted = naming.normalize_identifier(prefix + name)
        number = 2
        while column in used:
            column, number = f"{wanted}_{number}", number + 1
        columns[name] = column
        used.add(column)
    return columns


def text_table(rows: list[dict[str, Any]], columns: Iterable[str]) -> pa.Table:
    """The columns of the rows as text; null where a row lacks one, nested values as JSON."""
    return pa.table({column: pa.array([_text(row.get(column)) for row in rows], pa.string()) for column in columns})


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value) if not isinstance(value, int | float) else str(value)
    if isinstance(value, bool):
        text = text.lower()
    # Half a character of two (JSON allows it) is no text.
    return text if text.isascii() else text.encode(errors="replace").decode()


def moment(text: str) -> datetime:
    """A vendor's ISO 8601 time."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def from_milliseconds(number: int | str) -> str:
    """Milliseconds since 1970 as ISO 8601."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(number))).isoformat()


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@dataclass
class Progress:
    """How far a resource has come, kept in dlt's state, which is stored with the rows of a load or not at all.

    A load asks for everything since the newest change the last one knew of, less `lag`: what came into the vendor's
    index late is found, and what was landed from this overlap is remembered and not landed twice. All times are the
    vendor's, so its clock and ours need not agree.
    """

    state: dict[str, Any]
    lag: timedelta
    until: datetime | None = None
    """The newest change there was when this load began. None: the newest it comes across."""
    _open: bool = field(init=False)
    _recent: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._open = self.until is None
        if "until" in self.state:
            # Never back: where the record that changed last was deleted, the newest change left is an older one.
            before = moment(self.state["until"])
            self.until = max(self.until, before) if self.until else before

    @property
    def start(self) -> datetime | None:
        """The oldest change to ask for; None for all there is."""
        return moment(self.state["until"]) - self.lag if "until" in self.state else None

    def news(self, versions: dict[str, str]) -> set[str]:
        """Which ids, given with the time of their change, no load has landed yet."""
        landed = self.state.get("recent", {})
        if self._open and versions:
            newest = max(map(moment, versions.values()))
            self.until = max(self.until, newest) if self.until else newest
        self._recent.update(self._still_open(versions))
        start = self.start
        return {
            identity
            for identity, at in versions.items()
            if landed.get(identity) != at and not (start and moment(at) < start)
        }

    def done(self) -> None:
        """To be called once everything was yielded."""
        if self.until:
            self.state["until"] = self.until.isoformat()
            self.state["recent"] = self._still_open(self._recent)

    def _still_open(self, versions: dict[str, str]) -> dict[str, str]:
        start = self.until - self.lag if self.until else None
        return {identity: at for identity, at in versions.items() if start and moment(at) >= start}


def altered(state: dict[str, Any], rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Of a short list that is always read whole, what is new or other than at the last load."""
    before = state.get("digests", {})
    digests = {str(row[key]): hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16] for row in rows}
    state["digests"] = digests
    return [row for row in rows if before.get(str(row[key])) != digests[str(row[key])]]


def chosen(extractor: str, resources: list[Any], without: list[str] | None) -> list[Any]:
    """The resources but those of the setting `without`."""
    names = [resource.name for resource in resources]
    if unknown := sorted(set(without or ()) - set(names)):
        raise ExtractError(
            f"{extractor}: {setting(extractor, 'without')} names {unknown[0]}; there are {', '.join(names)}"
        )
    return [resource for resource in resources if resource.name not in (without or ())]
