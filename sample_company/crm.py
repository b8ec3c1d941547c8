"""What the CRM exports: leads in two versions, their stages, and accounts. One row per record and version."""

from dataclasses import dataclass

import numpy as np

from sample_company import vocabulary
from sample_company.identities import Accounts, Identities
from sample_company.parameters import CODES, SOURCES
from sample_company.people import People
from sample_company.tables import (
    DAY,
    NEVER,
    Bools,
    Clock,
    Columns,
    Ints,
    Texts,
    filled,
    labels,
    pick,
    pick_by_source,
    select,
    stack,
    stream,
)

WEB_ENTRY = ("form",) * 9 + ("api",)
ENTRY_METHODS: dict[str, tuple[str, ...]] = {
    **{source.name: WEB_ENTRY for source in SOURCES if source.is_web},
    "cold_call": ("phone", "phone", "manual"),
    "cold_email": ("manual", "import"),
    "sdr_prospecting": ("import", "manual"),
    "customer_referral": ("form", "manual"),
    "partner_referral": ("form", "manual"),
    "webinar": ("event", "import"),
    "conference": ("event", "event", "import"),
    "product_demo": ("form", "phone"),
    "other": ("import",),
    "unknown": ("manual",),
}
CRM_SOURCE_SHARE_WEB = 0.65
"""Share of web leads whose CRM source is filled in; the others have their sessions."""


@dataclass(frozen=True)
class LeadExport:
    """The first export, and a later one with newer versions of some leads."""

    first: Columns
    updates: Columns


def entry_methods(seed: int, people: People) -> Texts:
    """How each lead got into the CRM; None for people who did not."""
    chosen = pick_by_source(stream(seed, "entry methods"), ENTRY_METHODS, people.source)
    return np.where(people.is_lead, chosen, None)


def make_leads(
    seed: int, clock: Clock, people: People, accounts: Accounts, who: Identities, entry: Texts
) -> LeadExport:
    """Leads as CRM records."""
    rng = stream(seed, "leads")
    lead = people.is_lead
    columns = lead_columns(rng, clock, people, accounts, who, entry) | {"form": form_names(seed, people, entry)}
    final = select(columns, lead)
    # A twentieth were edited after the first export, which had them as they were when they came in.
    is_deleted = people.is_deleted[lead]
    edited = is_deleted | (rng.random(len(is_deleted)) < 0.05)
    before = dict(final)
    before["updated_at"] = np.where(edited, final["created_at"], final["updated_at"])
    before["status"] = np.where(edited, "new", final["status"])
    before["job_title"] = np.where(edited, None, final["job_title"])
    before["is_deleted"] = np.full(len(edited), "false", dtype=object)
    return LeadExport(first=before, updates=select(final, edited))


def lead_columns(
    rng: np.random.Generator, clock: Clock, people: People, accounts: Accounts, who: Identities, entry: Texts
) -> Columns:
    """The columns for all people; those of people who are no lead mean nothing."""
    size = people.size
    account = np.maximum(people.account, 0)
    crm_source = pick_by_source(rng, vocabulary.CRM_WORDS, people.source)
    forgotten = people.is_web & (rng.random(size) >= CRM_SOURCE_SHARE_WEB)
    campaign = filled(rng, pick_by_source(rng, vocabulary.CAMPAIGNS, people.source), 0.5)
    is_paid = np.array([source.category == "paid" for source in SOURCES])[people.source]
    edited_at = np.minimum(people.lead_at + rng.integers(DAY, 40 * DAY, size), clock.end - 1)
    owners = len(vocabulary.OWNERS)
    # Two owners type in most of the leads without a source.
    owner = np.where(people.is_manual, pick(rng, (5, 4, 1, 1, 0.5, 0.5), size), rng.integers(0, owners, size))
    return {
        "lead_id": who.lead_id,
        "created_at": clock.stamps(people.lead_at),
        "updated_at": clock.stamps(np.where(people.is_lead, edited_at, NEVER)),
        "email": carelessly_typed(rng, who.email),
        "account_id": who.account_id,
        "company_domain": who.company_domain,
        "source": np.where(forgotten, None, crm_source),
        "medium": np.where(is_paid & ~forgotten & (rng.random(size) < 0.4), "cpc", None),
        "campaign": np.where(forgotten, None, campaign),
        "content": np.where(is_paid & (rng.random(size) < 0.1), "ad_a", None),
        "entry_method": entry,
        "owner": labels(vocabulary.OWNERS, owner),
        "status": statuses(people),
        "country": accounts.country[account],
        "industry": filled(rng, accounts.industry[account], 0.8),
        "employees": filled(rng, accounts.employees[account].astype(object), 0.75),
        "job_title": filled(rng, labels(vocabulary.JOB_TITLES, rng.integers(0, len(vocabulary.JOB_TITLES), size)), 0.8),
        "is_deleted": np.where(people.is_deleted, "true", "false").astype(object),
    }


def form_names(seed: int, people: People, entry: Texts) -> Texts:
    """What the site calls the form that each lead sent; leads that got in otherwise have none, nor do a few others."""
    rng = stream(seed, "forms")
    names, eager, idle = zip(*vocabulary.FORMS, strict=True)
    number = np.where(people.mql_at < NEVER, pick(rng, eager, people.size), pick(rng, idle, people.size))
    downloads = labels(vocabulary.DOWNLOAD_FORMS, rng.integers(0, len(vocabulary.DOWNLOAD_FORMS), people.size))
    chosen = np.where(is_source(people, "content_download"), downloads, labels(names, number))
    return filled(rng, np.where(np.isin(entry.astype(str), ["form", "api"]), chosen, None), 0.9)


def carelessly_typed(rng: np.random.Generator, email: Texts) -> Texts:
    """Some addresses in capitals: they are the same address."""
    is_shouted = (rng.random(len(email)) < 0.03) & (email != None)  # noqa: E711 - element-wise
    typed = email.copy()
    typed[is_shouted] = np.char.upper(email[is_shouted].astype(str)).astype(object)
    return typed


def statuses(people: People) -> Texts:
    """The CRM's own word for how far a lead is."""
    reached = (
        (people.mql_at < NEVER).astype(int) + (people.sql_at < NEVER) + (people.opportunity_at < NEVER) + people.is_won
    )
    return labels(("open", "working", "qualified", "opportunity", "customer"), reached)


def make_stages(seed: int, clock: Clock, people: People, who: Identities) -> Columns:
    """Stage entries: one row per lead and stage. Some stages were never recorded, some leads were disqualified."""
    rng = stream(seed, "stages")
    size = people.size
    is_idle = people.is_lead & (people.mql_at == NEVER)
    is_disqualified = is_idle & (rng.random(size) < 0.45)
    disqualified_at = np.where(
        is_disqualified, people.lead_at + (rng.exponential(12.0, size) * DAY).astype(np.int64) + 3600, NEVER
    )
    comes_back = is_disqualified & (rng.random(size) < 0.15)
    recycled_at = np.where(comes_back, disqualified_at + rng.integers(60 * DAY, 120 * DAY, size), NEVER)
    # Salespeople jump: an SQL whose MQL nobody noted, an opportunity whose SQL nobody noted.
    skips_mql = (people.sql_at < NEVER) & (rng.random(size) < 0.08)
    skips_sql = (people.opportunity_at < NEVER) & (rng.random(size) < 0.06)
    entered = {
        "mql": np.where(skips_mql, NEVER, people.mql_at),
        "sql": np.where(skips_sql, NEVER, people.sql_at),
        "disqualified": disqualified_at,
        "recycled": recycled_at,
    }
    return stack([stage_rows(clock, who.lead_id, stage, at) for stage, at in entered.items()])


def stage_rows(clock: Clock, lead_id: Texts, stage: str, at: Ints) -> Columns:
    """Rows of one stage, where it was entered before the end."""
    rows = at < clock.end
    return {
        "lead_id": lead_id[rows],
        "stage": np.full(int(rows.sum()), stage, dtype=object),
        "entered_at": clock.stamps(at[rows]),
    }


def make_accounts_export(clock: Clock, people: People, accounts: Accounts, written: Bools) -> Columns:
    """CRM accounts; `written` is by account number."""
    rows = accounts.has_record & written
    updated_at = np.minimum(people.lead_at[accounts.founder] + DAY, clock.end - 1)
    name = np.char.capitalize(np.char.replace(accounts.domain.astype(str), ".example", "")).astype(object)
    return select(
        {
            "account_id": accounts.account_id,
            "updated_at": clock.stamps(updated_at),
            "name": name,
            "domain": accounts.domain,
            "industry": accounts.industry,
            "employees": accounts.employees,
            "country": accounts.country,
            "is_deleted": np.full(len(rows), "false", dtype=object),
        },
        rows,
    )


def is_source(people: People, *names: str) -> Bools:
    """People whose true source is one of these."""
    return np.isin(people.source, [CODES[name] for name in names])
