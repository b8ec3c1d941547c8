"""When people visit the site, by which source and on which device. How a visit looks is `journeys.py`."""

from dataclasses import dataclass, fields, replace

import numpy as np

from sample_company.crm import is_source
from sample_company.parameters import CODES, SOURCES
from sample_company.people import FORM_VISIT_SECONDS, People
from sample_company.persuasion import Touches, later_sources, open_sources
from sample_company.tables import NEVER, Bools, Clock, Ints, Texts, delays, stream

FORM_SECONDS_BEFORE_LEAD = 10
TERMINAL_VISITORS = 120
"""More people than an identifier may be shared by: the check-in tablet of a conference links no persons."""


@dataclass(frozen=True)
class Visits:
    """One row per session, in order of time."""

    person: Ints
    started_at: Ints
    source: Ints
    device: Ints
    """0 and 1 are the person's own, -1 is the check-in terminal."""
    is_identified: Bools
    """Whether the visitor is logged in, or came by a link in an e-mail to them."""
    is_stray: Bools
    """A later visit of somebody who never becomes a lead."""


def make_visits(seed: int, clock: Clock, people: People, returns: Touches, entry: Texts) -> Visits:
    """All sessions. Quota leads have none: nothing but the CRM knows them."""
    two_devices = people.is_lead & (stream(seed, "devices").random(people.size) < 0.12)
    groups = [
        first_visits(people),
        deciding_visits(seed, people, returns, two_devices),
        colleague_visits(seed, clock, people, two_devices),
        form_visits(seed, clock, people, entry),
        visits_after_lead(seed, clock, people, two_devices),
        second_device_logins(seed, people, two_devices),
        terminal_visits(people),
    ]
    joined = {field.name: np.concatenate([getattr(g, field.name) for g in groups]) for field in fields(Visits)}
    joined["started_at"] = one_a_second(joined["started_at"], joined["person"], joined["device"])
    order = np.flatnonzero(joined["started_at"] < clock.end)
    order = order[np.argsort(joined["started_at"][order], kind="stable")]
    return Visits(**{name: values[order] for name, values in joined.items()})


def one_a_second(started_at: Ints, person: Ints, device: Ints) -> Ints:
    """The times, a second later where the same device began another visit in that very second: no tracker has two."""
    order = np.lexsort((started_at, device, person))
    same = [values[order][1:] == values[order][:-1] for values in (started_at, person, device)]
    moved = started_at.copy()
    moved[order[1:][np.logical_and.reduce(same)]] += 1
    return moved


def plain(
    person: Ints, started_at: Ints, source: Ints, device: Ints | int = 0, identified: Bools | bool = False
) -> Visits:
    """Visits where one value may stand for all rows."""
    size = len(person)
    return Visits(
        person,
        started_at,
        source,
        np.broadcast_to(np.asarray(device, dtype=np.int64), size),
        np.broadcast_to(np.asarray(identified), size),
        np.zeros(size, dtype=bool),
    )


def first_visits(people: People) -> Visits:
    """The visit by which a web person came: its source is the person's true source."""
    person = np.flatnonzero(people.is_web)
    return plain(person, people.first_at[person], people.source[person])


def deciding_visits(seed: int, people: People, returns: Touches, two_devices: Bools) -> Visits:
    """The visits that spoke for becoming a lead, whether it came to that or not; the last is on the first device."""
    rng = stream(seed, "deciding visits")
    person = returns.person
    may_be_second = two_devices[person] & (people.lead_at[person] - returns.at >= FORM_VISIT_SECONDS)
    device = np.where(may_be_second & (rng.random(len(person)) < 0.5), 1, 0)
    visits = plain(person, returns.at, returns.source, device)
    return replace(visits, is_stray=~people.is_lead[person])


def colleague_visits(seed: int, clock: Clock, people: People, two_devices: Bools) -> Visits:
    """Visits of colleagues between their first touch and their lead, where more than an hour lies between."""
    rng = stream(seed, "colleague visits")
    waits = people.is_lead & ~people.is_founder & (people.lead_at - people.first_at > 3600)
    person = np.repeat(np.arange(people.size), np.where(waits, rng.poisson(1.2, people.size), 0))
    low, high = people.first_at[person] + 1800, people.lead_at[person] - 900
    started_at = low + (rng.random(len(person)) * (high - low)).astype(np.int64)
    source = open_sources(clock, later_sources(rng, people.source[person]), started_at)
    device = np.where(two_devices[person] & (rng.random(len(person)) < 0.5), 1, 0)
    return plain(person, started_at, source, device)


def form_visits(seed: int, clock: Clock, people: People, entry: Texts) -> Visits:
    """The visit in which a colleague or somebody met offline sends the form, where that is not the first visit.

    Founders met offline had decided before, and type in the address that they were given.
    """
    rng = stream(seed, "form visits")
    by_itself = ~people.is_founder | ~people.is_web
    person = np.flatnonzero(sends_web_form(people, entry) & by_itself & (people.lead_at - people.first_at > 1200))
    started_at = people.lead_at[person] - rng.integers(60, FORM_VISIT_SECONDS, len(person))
    source = open_sources(clock, later_sources(rng, people.source[person]), started_at)
    return plain(person, started_at, np.where(people.is_founder[person], CODES["direct"], source))


def sends_web_form(people: People, entry: Texts) -> Bools:
    """Leads that come in by a form on the site; people met offline send it only where the CRM says so."""
    return people.is_lead & ~people.is_quota & (people.is_web | (entry == "form"))


def visits_after_lead(seed: int, clock: Clock, people: People, two_devices: Bools) -> Visits:
    """Visits of leads, more of those in talks; some are logged in or follow an e-mail to them."""
    rng = stream(seed, "visits after lead")
    mean = np.where(people.is_lead & ~people.is_quota, 1.0 + 1.5 * (people.sql_at < NEVER), 0.0)
    person = np.repeat(np.arange(people.size), rng.poisson(mean))
    started_at = people.lead_at[person] + 3600 + delays(rng, 15.0, len(person))
    device = np.where(two_devices[person] & (rng.random(len(person)) < 0.5), 1, 0)
    identified = (device == 1) | (rng.random(len(person)) < 0.4)
    source = open_sources(clock, later_sources(rng, people.source[person]), started_at)
    return plain(person, started_at, source, device, identified)


def second_device_logins(seed: int, people: People, two_devices: Bools) -> Visits:
    """The log-in that shows that the second device is the same person's."""
    rng = stream(seed, "second device")
    person = np.flatnonzero(two_devices & ~people.is_quota)
    started_at = people.lead_at[person] + 7200 + delays(rng, 5.0, len(person))
    return plain(person, started_at, np.full(len(person), CODES["direct"]), 1, True)


def terminal_visits(people: People) -> Visits:
    """Check-ins on the conference tablet, one anonymous id for all."""
    person = np.flatnonzero(is_source(people, "conference") & people.is_lead)[:TERMINAL_VISITORS]
    return plain(person, people.first_at[person] + 300, np.full(len(person), CODES["direct"]), -1)


def visits_per_source(visits: Visits) -> dict[str, int]:
    """Number of sessions by the source that brought them."""
    counts = np.bincount(visits.source, minlength=len(SOURCES))
    return {source.name: int(count) for source, count in zip(SOURCES, counts, strict=True)}
