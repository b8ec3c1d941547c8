"""Web sessions and web events as a tracker exports them: one row per session, one row per event."""

import numpy as np

from sample_company import vocabulary
from sample_company.identities import Accounts, Identities
from sample_company.parameters import CODES
from sample_company.people import People
from sample_company.tables import (
    Clock,
    Columns,
    Ints,
    Texts,
    ids,
    labels,
    pick,
    pick_by_source,
    stream,
)
from sample_company.visits import FORM_SECONDS_BEFORE_LEAD, Visits, sends_web_form
from sample_company.vocabulary import SITE, Variant

TERMINAL_ANONYMOUS_ID = "checkin-terminal-01"
PAGES = ("/", "/product", "/pricing", "/customers", "/resources/guide", "/demo", "/blog/cost-per-lead")
VARIANTS: tuple[Variant, ...] = tuple(variant for variants in vocabulary.VARIANTS.values() for variant in variants)


def make_sessions(
    seed: int, clock: Clock, people: People, accounts: Accounts, who: Identities, visits: Visits
) -> Columns:
    """Web sessions, in order of time."""
    rng = stream(seed, "sessions")
    size = len(visits.person)
    variant = choose_variants(rng, visits.source)
    shown = {
        name: labels([getattr(v, name) for v in VARIANTS], variant) for name in ("utm_source", "utm_medium", "place")
    }
    click = labels([v.click_id for v in VARIANTS], variant)
    has_utm = ~np.equal(shown["utm_source"], None)
    campaign = np.where(has_utm, pick_by_source(rng, vocabulary.CAMPAIGNS, visits.source), None)
    is_ad = np.isin(visits.source, [CODES[name] for name in vocabulary.AD_PLATFORMS])
    content = np.where(has_utm & is_ad, labels(("ad_a", "ad_b", "ad_c"), rng.integers(0, 3, size)), None)
    is_search_ad = has_utm & (visits.source == CODES["google_ads_search"])
    mistyped = visits.is_stray & (rng.random(size) < 0.01)
    in_columns = shown["place"] == "columns"
    country = accounts.country[rng.integers(0, len(accounts.country), size)]
    country = np.where(
        people.is_lead[visits.person], accounts.country[np.maximum(people.account[visits.person], 0)], country
    )
    by_email = visits.is_identified & ((visits.device == 1) | (rng.random(size) < 0.5))
    utm_source = np.where(in_columns, shown["utm_source"], None)
    return {
        "session_id": session_ids(size),
        "started_at": clock.stamps(visits.started_at),
        "anonymous_id": anonymous_ids(visits.person, visits.device),
        "user_id": np.where(visits.is_identified, who.user_id[visits.person], None),
        "email": np.where(by_email, who.email[visits.person], None),
        "landing_page_url": landing_pages(rng, visits, shown, campaign, content, click),
        "referrer_url": labels([v.referrer for v in VARIANTS], variant),
        "utm_source": np.where(mistyped, labels(vocabulary.TYPING_ERRORS, rng.integers(0, 4, size)), utm_source),
        "utm_medium": np.where(in_columns & ~mistyped, shown["utm_medium"], None),
        "utm_campaign": np.where(in_columns & ~mistyped, campaign, None),
        "utm_content": np.where(in_columns & ~mistyped, content, None),
        "utm_term": np.where(in_columns & is_search_ad & ~mistyped, "lead source software", None),
        "click_id_type": np.where(in_columns | (shown["place"] == "click_column"), click, None),
        "country": country,
    }


def choose_variants(rng: np.random.Generator, source: Ints) -> Ints:
    """Position in VARIANTS of how each visit shows its source."""
    chosen = np.zeros(len(source), dtype=np.int64)
    first = 0
    for name, variants in vocabulary.VARIANTS.items():
        rows = np.flatnonzero(source == CODES[name])
        chosen[rows] = first + pick(rng, [variant.weight for variant in variants], len(rows))
        first += len(variants)
    return chosen


def landing_pages(
    rng: np.random.Generator, visits: Visits, shown: dict[str, Texts], campaign: Texts, content: Texts, click: Texts
) -> Texts:
    """Addresses, with the UTM words or click id that the tracker left in them."""
    size = len(visits.person)
    page = labels([SITE + path for path in PAGES], rng.integers(0, len(PAGES), size))
    page[visits.device == -1] = f"{SITE}/event-checkin"
    marked = page.copy()
    rows = shown["place"] == "url"
    words = {"utm_source": shown["utm_source"], "utm_medium": shown["utm_medium"], "utm_campaign": campaign}
    for separator, (name, values) in zip("?&&", words.items(), strict=True):
        known = rows & ~np.equal(values, None)
        marked[known] = marked[known] + f"{separator}{name}=" + values[known]
    clicked = ~np.equal(click, None) & (rows | (shown["place"] == "click_url"))
    separator = np.where(rows, "&", "?").astype(object)
    number = np.char.add("EAIaIQob", rng.integers(10**9, 10**10, size).astype(str)).astype(object)
    marked[clicked] = (marked + separator)[clicked] + click[clicked] + "=" + number[clicked]
    return marked


def session_ids(size: int) -> Texts:
    """S000001 and on, in order of time."""
    return ids("S", np.arange(1, size + 1))


def anonymous_ids(person: Ints, device: Ints) -> Texts:
    """The cookie of a person's device, or of the check-in terminal."""
    # Multiplying by an odd number modulo 2^40 keeps ids apart and hides the order.
    mixed = ((person * 2 + np.maximum(device, 0) + 1) * 0x9E3779B1) % (1 << 40)
    cookies = np.char.add("c", np.char.zfill(mixed.astype(str), 13)).astype(object)
    return np.where(device == -1, TERMINAL_ANONYMOUS_ID, cookies)


def make_events(seed: int, clock: Clock, people: People, who: Identities, entry: Texts, visits: Visits) -> Columns:
    """Page views of a part of the sessions, and every form sent, which says who the visitor is."""
    rng = stream(seed, "events")
    views = page_views(rng, visits)
    sent = forms(people, entry, visits)
    terminal = terminal_forms(visits)
    person, session, at, device = (np.concatenate(parts) for parts in zip(views, sent, terminal, strict=True))
    is_form = np.arange(len(person)) >= len(views[0])
    kept = at < clock.end
    page = labels([SITE + path for path in PAGES], rng.integers(0, len(PAGES), len(person)))
    lost_session = rng.random(len(person)) < 0.05
    columns = {
        "occurred_at": clock.stamps(at),
        "anonymous_id": anonymous_ids(person, device),
        "user_id": np.full(len(person), None, dtype=object),
        "email": np.where(is_form, who.email[person], None),
        "session_id": np.where(lost_session, None, ids("S", session + 1)),
        "event_name": np.where(is_form, "form_submit", "page_view").astype(object),
        "page_url": np.where(is_form, f"{SITE}/thank-you", page),
        "referrer_url": np.full(len(person), None, dtype=object),
    }
    order = np.flatnonzero(kept)
    order = order[np.argsort(at[order], kind="stable")]
    return {"event_id": ids("E", np.arange(1, len(order) + 1)), **{name: v[order] for name, v in columns.items()}}


def page_views(rng: np.random.Generator, visits: Visits) -> tuple[Ints, Ints, Ints, Ints]:
    """Person, session, time and device of page views."""
    count = np.where(rng.random(len(visits.person)) < 0.4, rng.geometric(0.6, len(visits.person)), 0)
    session = np.repeat(np.arange(len(visits.person)), np.where(visits.device == -1, 0, count))
    at = visits.started_at[session] + rng.integers(0, 50, len(session))
    return visits.person[session], session, at, visits.device[session]


def forms(people: People, entry: Texts, visits: Visits) -> tuple[Ints, Ints, Ints, Ints]:
    """The same of the forms by which leads come in: in the last session before the lead, on the first device."""
    own = np.flatnonzero((visits.device == 0) & sends_web_form(people, entry)[visits.person])
    before = own[visits.started_at[own] < people.lead_at[visits.person[own]] - FORM_SECONDS_BEFORE_LEAD]
    last = np.full(people.size, -1)
    last[visits.person[before]] = before  # in order of time, so the last one stays
    person = np.flatnonzero(last >= 0)
    return (
        person,
        last[person],
        people.lead_at[person] - FORM_SECONDS_BEFORE_LEAD,
        np.zeros(len(person), dtype=np.int64),
    )


def terminal_forms(visits: Visits) -> tuple[Ints, Ints, Ints, Ints]:
    """The same of check-ins at the terminal."""
    session = np.flatnonzero(visits.device == -1)
    return visits.person[session], session, visits.started_at[session] + 40, visits.device[session]
