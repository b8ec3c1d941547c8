"""What identifies people and accounts: e-mails, domains, CRM numbers, and the facts about a company."""

from dataclasses import dataclass

import numpy as np

from sample_company import vocabulary
from sample_company.people import People
from sample_company.tables import NEVER, Bools, Ints, Texts, ids, labels, pick, stream

FREE_MAIL = "gmail.com"
EMPLOYEES = (5, 12, 30, 75, 160, 400, 1200, 5000)


@dataclass(frozen=True)
class Accounts:
    """One row per account, by account number."""

    account_id: Texts
    founder: Ints
    domain: Texts
    is_solo: Bools
    """A freelancer with a free-mail address: no account record, the lead is its own account."""
    has_record: Bools
    country: Texts
    industry: Texts
    employees: Ints


@dataclass(frozen=True)
class Identities:
    """One row per human."""

    lead_id: Texts
    email: Texts
    """As the person writes it, lower case; None for visitors nobody knows."""
    user_id: Texts
    account_id: Texts
    """What the CRM lead carries; the rest match by domain."""
    company_domain: Texts


def ranks_by_time(at: Ints, last: Bools) -> Ints:
    """1, 2, ... in order of time, with some rows after all others, so that leaving them out renumbers nobody."""
    ranks = np.empty(len(at), dtype=np.int64)
    ranks[np.lexsort((at, last))] = np.arange(1, len(at) + 1)
    return ranks


def make_accounts(seed: int, people: People) -> Accounts:
    """Companies of the leads. Firms that get far have a record; of the others the CRM knows half."""
    rng = stream(seed, "accounts")
    founder = np.flatnonzero(people.is_founder)
    founder = founder[np.argsort(people.account[founder])]
    size = len(founder)
    members = np.bincount(people.account[people.is_lead], minlength=size)
    is_solo = (rng.random(size) < 0.06) & (members == 1) & ~people.is_manual[founder]
    has_record = ((people.mql_at[founder] < NEVER) | (rng.random(size) < 0.5)) & ~is_solo
    number = ranks_by_time(people.lead_at[founder], people.is_manual[founder])
    words = vocabulary.COMPANY_WORDS
    name = labels(words, rng.integers(0, len(words), size)) + labels(words, rng.integers(0, len(words), size))
    domain = name + np.char.add(number.astype(str), ".example").astype(object)
    countries, shares = zip(*vocabulary.COUNTRIES, strict=True)
    return Accounts(
        account_id=ids("A", number),
        founder=founder,
        domain=domain,
        is_solo=is_solo,
        has_record=has_record,
        country=labels(countries, pick(rng, shares, size)),
        industry=labels(vocabulary.INDUSTRIES, rng.integers(0, len(vocabulary.INDUSTRIES), size)),
        employees=np.array(EMPLOYEES)[pick(rng, (8, 14, 20, 22, 16, 11, 6, 3), size)],
    )


def make_identities(seed: int, people: People, accounts: Accounts) -> Identities:
    """E-mails and CRM numbers of leads and of people contacted offline."""
    rng = stream(seed, "identities")
    size, is_lead = people.size, people.is_lead
    account = np.maximum(people.account, 0)
    is_solo = is_lead & accounts.is_solo[account]
    uses_free_mail = is_solo | (is_lead & (rng.random(size) < 0.05))
    prospect_domains = np.char.add("prospect", np.char.add(np.arange(size).astype(str), ".example")).astype(object)
    work_domain = np.where(is_lead, accounts.domain[account], prospect_domains)
    first, last = vocabulary.FIRST_NAMES, vocabulary.LAST_NAMES
    person = labels(first, rng.integers(0, len(first), size)) + "."
    person = person + labels(last, rng.integers(0, len(last), size))
    # The number keeps namesakes apart, and an invented free-mail address from being somebody's.
    person = person + np.char.add(".sample", np.arange(size).astype(str)).astype(object)
    email = person + "@" + np.where(uses_free_mail, FREE_MAIL, work_domain)
    # Typed-in leads often lack an address.
    is_known = (is_lead | ~people.is_web) & ~(people.is_manual & (rng.random(size) < 0.2))
    founds_deal = people.opportunity_at < NEVER
    carries_account = accounts.has_record[account] & is_lead & (rng.random(size) < np.where(founds_deal, 0.85, 0.7))
    needs_domain = uses_free_mail & ~is_solo & ~carries_account
    states_domain = is_lead & ~is_solo & (needs_domain | (rng.random(size) < 0.5))
    number = np.full(size, -1)
    number[is_lead] = ranks_by_time(people.lead_at[is_lead], people.is_manual[is_lead])
    return Identities(
        lead_id=ids("L", number),
        email=np.where(is_known, email, None),
        user_id=ids("U", np.where(is_lead & (rng.random(size) < 0.5), number, -1)),
        account_id=np.where(carries_account, accounts.account_id[account], None),
        company_domain=np.where(states_domain, accounts.domain[account], None),
    )
