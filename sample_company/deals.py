"""Opportunities, their contacts, and the money customers pay. Amounts are written in the account's currency."""

from dataclasses import dataclass

import numpy as np

from sample_company import vocabulary
from sample_company.identities import Accounts, Identities
from sample_company.parameters import EUR_PER_USD, EXPANSION_STEP
from sample_company.people import People
from sample_company.persuasion import rates
from sample_company.tables import (
    DAY,
    NEVER,
    Bools,
    Clock,
    Columns,
    Floats,
    Ints,
    Texts,
    delays,
    ids,
    labels,
    pick_by_source,
    stream,
)

MONTH_DAYS = 30.4375


@dataclass(frozen=True)
class Deals:
    """One row per opportunity: first deals of founders, then further ones (renewed tries after a loss, upsells)."""

    person: Ints
    created_at: Ints
    closed_at: Ints
    is_won: Bools
    is_first: Bools
    price_eur: Floats
    """Per month."""


def make_deals(seed: int, clock: Clock, people: People) -> Deals:
    """First deals, in which the funnel ends, and further ones of the same accounts."""
    rng = stream(seed, "deals")
    person = np.flatnonzero(people.opportunity_at < NEVER)
    size = len(person)
    # Lognormal around the source's mean: exp(-sigma^2 / 2) keeps the mean where it is.
    price = np.round(rates("monthly_price")[people.source[person]] * rng.lognormal(-0.08, 0.4, size) / 5) * 5
    closed_at, is_won = people.closed_at[person], people.is_won[person]
    draw, wait, length = rng.random(size), delays(rng, 60.0, size), delays(rng, 25.0, size)
    wins_again = rng.random(size) < 0.6
    created_at = np.where(closed_at < NEVER, closed_at + 45 * DAY + wait, NEVER)
    further = (draw < np.where(is_won, 0.18, 0.05)) & (created_at < clock.end)
    ends_at = created_at + length
    is_closed = ends_at < clock.end
    return Deals(
        person=np.concatenate([person, person[further]]),
        created_at=np.concatenate([people.opportunity_at[person], created_at[further]]),
        closed_at=np.concatenate([closed_at, np.where(is_closed, ends_at, NEVER)[further]]),
        # Only upsells may be won: a customer's first deal is the funnel's.
        is_won=np.concatenate([is_won, (is_won & wins_again & is_closed)[further]]),
        is_first=np.arange(size + int(further.sum())) < size,
        price_eur=np.concatenate([price, np.round(price[further] * 0.3)]),
    )


def deal_numbers(people: People, deals: Deals) -> Ints:
    """1, 2, ... by time, those of manual leads last."""
    numbers = np.empty(len(deals.person), dtype=np.int64)
    numbers[np.lexsort((deals.created_at, people.is_manual[deals.person]))] = np.arange(1, len(deals.person) + 1)
    return numbers


def make_opportunities(
    seed: int, clock: Clock, people: People, accounts: Accounts, who: Identities, deals: Deals
) -> Columns:
    """Opportunities of the CRM. The amount is the first year's price."""
    rng = stream(seed, "opportunities")
    size, person = len(deals.person), deals.person
    account = people.account[person]
    is_closed = deals.closed_at < NEVER
    in_dollars = accounts.country[account] == "US"
    amount = deals.price_eur * 12 / np.where(in_dollars, EUR_PER_USD, 1.0)
    open_stage = labels(("Discovery", "Proposal", "Negotiation"), rng.integers(0, 3, size))
    stage = np.where(is_closed, np.where(deals.is_won, "Closed Won", "Closed Lost"), open_stage).astype(object)
    # Some CRMs send the stage's name only.
    says_flags = rng.random(size) < 0.94
    is_solo = accounts.is_solo[account]
    names_lead = is_solo | (rng.random(size) < 0.7)
    number = deal_numbers(people, deals)
    updated_at = np.minimum(np.where(is_closed, deals.closed_at, deals.created_at + 5 * DAY), clock.end - 1)
    return {
        "opportunity_id": ids("O", number),
        "created_at": clock.stamps(deals.created_at),
        "updated_at": clock.stamps(updated_at),
        "account_id": np.where(is_solo, None, accounts.account_id[account]),
        "lead_id": np.where(names_lead, who.lead_id[person], None),
        "name": np.where(deals.is_first, "New business", "Further business").astype(object),
        "stage": stage,
        "is_won": np.where(says_flags, np.where(deals.is_won, "true", "false"), None).astype(object),
        "is_closed": np.where(says_flags, np.where(is_closed, "true", "false"), None).astype(object),
        "closed_at": clock.stamps(deals.closed_at),
        "amount": np.round(amount, 2),
        "currency": np.where(in_dollars, "USD", "EUR").astype(object),
        "source": np.where(
            rng.random(size) < 0.5, pick_by_source(rng, vocabulary.CRM_WORDS, people.source[person]), None
        ),
        "is_deleted": np.full(size, "false", dtype=object),
    }


def make_contacts(
    seed: int, people: People, who: Identities, deals: Deals, opportunity_id: Texts
) -> tuple[Columns, Ints]:
    """Contact roles: the founder is primary, most colleagues take part. Also the position of each row's deal."""
    rng = stream(seed, "contacts")
    lead = np.flatnonzero(people.is_lead & ~people.is_founder)
    lead = lead[np.argsort(people.account[lead], kind="stable")]
    counts = np.bincount(people.account[lead], minlength=int(people.account.max(initial=0)) + 1)
    starts = np.cumsum(counts) - counts
    deal_count = counts[people.account[deals.person]]
    deal = np.repeat(np.arange(len(deals.person)), deal_count)
    within = np.arange(len(deal)) - np.repeat(np.cumsum(deal_count) - deal_count, deal_count)
    colleague = lead[starts[people.account[deals.person[deal]]] + within]
    takes_part = rng.random(len(deal)) < 0.8
    deal, colleague = deal[takes_part], colleague[takes_part]
    every = np.concatenate([np.arange(len(deals.person)), deal])
    contact = np.concatenate([deals.person, colleague])
    is_primary = np.arange(len(every)) < len(deals.person)
    columns = {
        "opportunity_id": opportunity_id[every],
        "lead_id": who.lead_id[contact],
        "is_primary": np.where(is_primary, "true", "false").astype(object),
    }
    return columns, every


@dataclass(frozen=True)
class Payments:
    """One row per payment or refund, before it has a number."""

    deal: Ints
    day: Ints
    amount_eur: Floats
    kind: Texts


def make_payments(seed: int, clock: Clock, people: People, deals: Deals) -> Payments:
    """Monthly payments until a customer leaves, set-up fees, refunds. Upsells pay as long as they last themselves."""
    rng = stream(seed, "payments")
    won = np.flatnonzero(deals.is_won)
    source = people.source[deals.person[won]]
    shape = (len(won), clock.months + 2)
    stays = rng.random(shape) >= rates("churn")[source][:, None]
    grows = rng.random(shape) < rates("expansion")[source][:, None]
    stays[:, 0], grows[:, 0] = True, False
    price = deals.price_eur[won][:, None] * np.cumprod(np.where(grows, 1 + EXPANSION_STEP, 1.0), axis=1)
    won_day = deals.closed_at[won] // DAY
    day = won_day[:, None] + np.round(np.arange(shape[1]) * MONTH_DAYS).astype(np.int64)
    row, month = np.nonzero(np.logical_and.accumulate(stays, axis=1) & (day < clock.days))
    fee_draw, fee = rng.random(len(won)), np.round(deals.price_eur[won] * rng.uniform(0.5, 2.0, len(won)))
    with_fee = np.flatnonzero((fee_draw < 0.25) & deals.is_first[won])
    # A grid again, so that leads left out of the export change nothing for the others.
    refunded = np.flatnonzero((rng.random(shape) < 0.015)[row, month] & (day[row, month] + 5 < clock.days))
    monthly = np.round(price[row, month], 2)
    groups = {
        "recurring": (won[row], day[row, month], monthly),
        "one_off": (won[with_fee], won_day[with_fee], fee[with_fee]),
        "refund": (won[row[refunded]], day[row[refunded], month[refunded]] + 5, -monthly[refunded]),
    }
    parts = list(groups.values())
    kind = np.concatenate([np.full(len(part[0]), name, dtype=object) for name, part in groups.items()])
    deal, days, amount = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Payments(deal=deal, day=days, amount_eur=amount, kind=kind)


def make_revenue(
    clock: Clock, people: People, accounts: Accounts, who: Identities, deals: Deals, payments: Payments
) -> tuple[Columns, Ints]:
    """Revenue rows and the person of each. A freelancer pays as a lead: there is no account."""
    person = deals.person[payments.deal]
    order = np.lexsort((payments.day, people.is_manual[person]))
    person = person[order]
    account = people.account[person]
    in_dollars = accounts.country[account] == "US"
    is_solo = accounts.is_solo[account]
    amount = payments.amount_eur[order] / np.where(in_dollars, EUR_PER_USD, 1.0)
    columns = {
        "revenue_id": ids("R", np.arange(1, len(order) + 1)),
        "date": clock.dates(payments.day[order]),
        "account_id": np.where(is_solo, None, accounts.account_id[account]),
        "lead_id": np.where(is_solo, who.lead_id[person], None),
        "amount": np.round(amount, 2),
        "currency": np.where(in_dollars, "USD", "EUR").astype(object),
        "kind": payments.kind[order],
    }
    return columns, person
