"""Calls, e-mails, meetings and events: one row per activity.

Before a lead: what brought people met or contacted offline, with source and campaign. After it: what sales did, which
carries no source and must never look like one.
"""

import numpy as np

from sample_company import vocabulary
from sample_company.crm import is_source
from sample_company.identities import Identities
from sample_company.parameters import CODES, SOURCES
from sample_company.people import People
from sample_company.persuasion import Touches, rates
from sample_company.tables import (
    DAY,
    NEVER,
    Clock,
    Columns,
    Ints,
    Texts,
    delays,
    filled,
    ids,
    labels,
    pick,
    pick_by_source,
    select,
    stack,
    stream,
)

ENTRY_DELAY = {"form": 1.0, "api": 0.7, "phone": 0.3, "event": 1.0, "import": 1.5, "manual": 1.0}
"""How the way in stretches the median time to the first answer of a source."""
FOLLOW_UP_SHARE = 0.87


def make_activities(
    seed: int, clock: Clock, people: People, who: Identities, entry: Texts, webinar_visits: Touches
) -> tuple[Columns, Ints]:
    """Activities in order of time, and the person of each. Numbers of manual leads' activities come last."""
    parts = [
        *first_contacts(seed, people),
        webinar_rows(seed, webinar_visits),
        *follow_ups(seed, people, entry),
        meetings(seed, people),
    ]
    raw = stack(parts)
    raw = select(raw, raw["at"] < clock.end)
    raw = select(raw, np.lexsort((raw["at"], people.is_manual[raw["person"]])))
    rng = stream(seed, "activity fields")
    person = raw["person"]
    # Before the lead exists an activity knows an e-mail only, unless the CRM linked it afterwards.
    is_linked = people.is_lead[person] & ((raw["at"] >= people.lead_at[person]) | (rng.random(len(person)) < 0.4))
    has_email = ~is_linked | (rng.random(len(person)) < 0.5)
    columns = {
        "activity_id": ids("T", np.arange(1, len(person) + 1)),
        "occurred_at": clock.stamps(raw["at"]),
        "activity_type": raw["activity_type"],
        "direction": raw["direction"],
        "lead_id": np.where(is_linked, who.lead_id[person], None),
        "email": np.where(has_email, who.email[person], None),
        "account_id": filled(rng, who.account_id[person], 0.5),
        "source": raw["source"],
        "campaign": raw["campaign"],
        "outcome": filled(rng, labels(("connected", "no answer", "interested"), rng.integers(0, 3, len(person))), 0.7),
    }
    # Without e-mail and lead number nobody could say whose activity it is.
    nameless = np.equal(columns["email"], None) & np.equal(columns["lead_id"], None)
    return select(columns, ~nameless), person[~nameless]


def rows(person: Ints, at: Ints, kind: Texts | str, direction: Texts | str, source: Texts, campaign: Texts) -> Columns:
    """Activities before they have a number."""
    size = len(person)
    return {
        "person": person,
        "at": at,
        "activity_type": np.broadcast_to(np.asarray(kind, dtype=object), size),
        "direction": np.broadcast_to(np.asarray(direction, dtype=object), size),
        "source": source,
        "campaign": campaign,
    }


def without_source(person: Ints, at: Ints, kind: Texts | str, direction: str) -> Columns:
    """Sales activities."""
    nothing = np.full(len(person), None, dtype=object)
    return rows(person, at, kind, direction, nothing, nothing)


def first_contacts(seed: int, people: People) -> list[Columns]:
    """The activity by which people met offline came, further attempts of outbound, and the answer to it."""
    rng = stream(seed, "first contacts")
    person = np.flatnonzero(~people.is_web & ~people.is_quota)
    code = people.source[person]
    source = pick_by_source(rng, vocabulary.CRM_WORDS, code)
    campaign = filled(rng, pick_by_source(rng, vocabulary.CAMPAIGNS, code), 0.9)
    kind = labels([item.activity_type for item in SOURCES], code)
    is_outbound = np.array([item.category == "outbound" for item in SOURCES])[code]
    direction = np.where(is_outbound, "outbound", "inbound").astype(object)
    first = rows(person, people.first_at[person], kind, direction, source, campaign)
    again = np.flatnonzero(is_outbound & (rng.random(len(person)) < 0.45))
    until = np.where(people.is_lead[person], people.lead_at[person], people.first_at[person] + 10 * DAY)
    share = rng.random(len(person))
    attempt_at = people.first_at[person] + 600 + (share * (until - people.first_at[person] - 1200)).astype(np.int64)
    attempts = select(first, again) | {"at": attempt_at[again]}
    answered = np.flatnonzero(is_source(people, "cold_email", "sdr_prospecting")[person] & people.is_lead[person])
    replies = select(first, answered) | {
        "at": people.lead_at[person[answered]] - 300,
        "activity_type": np.full(len(answered), "reply", dtype=object),
        "direction": np.full(len(answered), "inbound", dtype=object),
    }
    return [first, attempts, replies]


def make_webinar_visits(seed: int, people: People) -> Touches:
    """Leads who come to a webinar later: a touch on the way to the deal."""
    rng = stream(seed, "webinar visits")
    person = np.flatnonzero(people.is_lead & ~people.is_quota & (rng.random(people.size) < 0.1))
    at = people.lead_at[person] + delays(rng, 20.0, len(person))
    return Touches(person, at, np.full(len(person), CODES["webinar"]))


def webinar_rows(seed: int, visits: Touches) -> Columns:
    """Their activities."""
    size = len(visits.person)
    source = np.full(size, "Webinar", dtype=object)
    titles = vocabulary.CAMPAIGNS["webinar"]
    title = labels(titles, stream(seed, "webinar titles").integers(0, len(titles), size))
    return rows(visits.person, visits.at, "webinar", "inbound", source, title)


def follow_ups(seed: int, people: People, entry: Texts) -> list[Columns]:
    """The first answer of sales, at a speed that depends on source and way in, and what follows it."""
    rng = stream(seed, "follow-ups")
    size = people.size
    stretch = np.ones(size)
    for method, factor in ENTRY_DELAY.items():
        stretch[entry == method] = factor
    minutes = rates("followup_minutes")[people.source] * stretch * rng.lognormal(0.0, 0.9, size)
    first_at = people.lead_at + (minutes * 60).astype(np.int64) + 60
    answered = np.flatnonzero(people.is_lead & (rng.random(size) < FOLLOW_UP_SHARE))
    kind = labels(("call", "email"), rng.integers(0, 2, len(answered)))
    first = without_source(answered, first_at[answered], kind, "outbound")
    more = rng.poisson(np.where(people.mql_at[answered] < NEVER, 1.6, 0.5))
    person = np.repeat(answered, more)
    later_at = first_at[person] + delays(rng, 9.0, len(person))
    kind = labels(("call", "email", "reply", "chat"), pick(rng, (4, 4, 2, 1), len(person)))
    later = without_source(person, later_at, kind, "outbound")
    is_inbound = (kind == "reply") | (kind == "chat")
    return [first, later | {"direction": np.where(is_inbound, "inbound", "outbound").astype(object)}]


def meetings(seed: int, people: People) -> Columns:
    """A meeting for each lead that sales accepted."""
    rng = stream(seed, "meetings")
    person = np.flatnonzero((people.sql_at < NEVER) & (rng.random(people.size) < 0.85))
    at = people.sql_at[person] + delays(rng, 3.0, len(person))
    return without_source(person, at, "meeting", "outbound")
