"""Who there is: visitors and offline contacts, which of them become leads, of which account, and how far they get.

The first lead of an account (its founder) carries the deal; the account's true source is the founder's source.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from sample_company.parameters import (
    AUDIT_WINDOW_DAYS,
    CODES,
    REFERENCE_MONTHS,
    SOURCES,
    UNCLEAR_SHARE_BASE,
    UNCLEAR_SHARE_WITH_MANUAL,
)
from sample_company.persuasion import IS_WEB, Decision, Touches, later_sources, open_sources, rates
from sample_company.tables import DAY, NEVER, Bools, Clock, Ints, delays, pick, stream

LEAD_STRENGTH, WIN_STRENGTH = 1.0, 0.3
"""A touch moves a visitor more than a buyer, to whom the price speaks too."""
COMES_BACK = 0.45
"""Chance of each further visit of a web visitor who has not decided yet."""
COMES_BACK_OFFLINE = 0.3
"""Chance of each visit to the site of somebody met or contacted elsewhere."""
FORM_VISIT_SECONDS = 600
"""The visit in which somebody decides begins at most so long before the lead."""


@dataclass(frozen=True)
class People:
    """One row per human. Times are NEVER where the step is not reached."""

    source: Ints
    first_at: Ints
    lead_at: Ints
    account: Ints
    """Number of the account of a lead; -1 for people who are no lead."""
    is_founder: Bools
    is_quota: Bools
    """A lead without a clear source and without any touch before it."""
    is_manual: Bools
    is_deleted: Bools
    mql_at: Ints
    sql_at: Ints
    opportunity_at: Ints
    closed_at: Ints
    is_won: Bools

    @property
    def is_lead(self) -> Bools:
        """Whether the person is in the CRM."""
        return self.lead_at < NEVER

    @property
    def is_web(self) -> Bools:
        """Whether the first touch is a session."""
        return IS_WEB[self.source] & ~self.is_quota

    @property
    def size(self) -> int:
        """Number of people."""
        return len(self.source)


def make_people(seed: int, scale: float, clock: Clock) -> tuple[People, Decision]:
    """All people, no deal won yet, and who became a lead: the decision of those who come through a source of their own.

    These come first, then the colleagues of the leads among them, then the leads of the two unclear quotas.
    """
    acquired, becomes_lead = acquire(seed, scale, clock)
    colleagues = invite_colleagues(seed, clock, acquired)
    known = concatenate([acquired, colleagues])
    return concatenate([known, *unclear_quotas(seed, clock, known)]), becomes_lead


def acquire(seed: int, scale: float, clock: Clock) -> tuple[People, Decision]:
    """People who come through a source of their own; growth over time is linear, from 0.8 to 1.2 of the mean."""
    rng = stream(seed, "acquire")
    volumes = [round(source.people * scale * clock.months / REFERENCE_MONTHS) for source in SOURCES]
    source = np.repeat(np.arange(len(SOURCES)), volumes)
    size = len(source)
    position = (np.sqrt(0.64 + 0.8 * rng.random(size)) - 0.8) / 0.4
    live_from = rates("live_from")[source]
    first_at = ((live_from + (1 - live_from) * position) * (clock.end - 1)).astype(np.int64)
    lag = delays(rng, rates("lead_lag_days")[source], size)
    returns = rng.geometric(1 - np.where(IS_WEB[source], COMES_BACK, COMES_BACK_OFFLINE)) - 1
    # Web visitors decide in their last visit, which for two in five of the leads among them is the first.
    at_once = IS_WEB[source] & (returns == 0)
    lead_at = first_at + np.where(at_once, rng.integers(240, 900, size), 1800 + lag)
    visits = returning_visits(rng, clock, source, first_at, lead_at, returns)
    becomes_lead = Decision(rates("lead_rate")[source], rng.random(size), visits, visits.person, LEAD_STRENGTH)
    is_lead = becomes_lead.says_yes() & (lead_at < clock.end)
    # Few records are deleted; their leads never went anywhere, so no deal depends on a deleted lead.
    funnel = run_funnel(rng, clock, source, np.where(is_lead, lead_at, NEVER))
    is_deleted = is_lead & (funnel["mql_at"] == NEVER) & (rng.random(size) < 0.02)
    people = People(
        source=source,
        first_at=first_at,
        lead_at=np.where(is_lead, lead_at, NEVER),
        account=np.where(is_lead, np.cumsum(is_lead) - 1, -1),
        is_founder=is_lead,
        is_quota=np.zeros(size, dtype=bool),
        is_manual=np.zeros(size, dtype=bool),
        is_deleted=is_deleted,
        **funnel,
    )
    return people, becomes_lead


def returning_visits(
    rng: np.random.Generator, clock: Clock, source: Ints, first_at: Ints, decides_at: Ints, returns: Ints
) -> Touches:
    """So many visits of each person before the decision, the last one of web visitors in the minutes before it."""
    person = np.repeat(np.arange(len(source)), returns)
    low, high = first_at[person] + 900, decides_at[person] - 900
    at = low + (rng.random(len(person)) * (high - low)).astype(np.int64)
    is_last = np.append(person[1:] != person[:-1], True)[: len(person)] & IS_WEB[source[person]]
    at = np.where(is_last, decides_at[person] - rng.integers(60, FORM_VISIT_SECONDS, len(person)), at)
    return Touches(person, at, open_sources(clock, later_sources(rng, source[person]), at))


def run_funnel(rng: np.random.Generator, clock: Clock, source: Ints, lead_at: Ints) -> dict[str, np.ndarray]:
    """When each lead reaches each stage, by its source's rates; what would come after the end has not happened."""
    size = len(source)
    steps: dict[str, np.ndarray] = {}
    reached = lead_at
    for stage, rate, mean_days in (
        ("mql", "mql_rate", 3.0),
        ("sql", "sql_rate", 6.0),
        ("opportunity", "opportunity_rate", 8.0),
    ):
        at = reached + delays(rng, mean_days, size)
        passed = (rng.random(size) < rates(rate)[source]) & (at < clock.end) & (reached < NEVER)
        reached = np.where(passed, at, NEVER)
        steps[f"{stage}_at"] = reached
    # Deals take at least a third of the mean, and seldom more than three times as long.
    closing = (rates("sales_days")[source] * (0.33 + rng.gamma(2.0, 0.335, size)) * DAY).astype(np.int64)
    closed_at = reached + closing
    steps["closed_at"] = np.where(closed_at < clock.end, closed_at, NEVER)
    steps["is_won"] = np.zeros(size, dtype=bool)
    return steps


def decide_wins(seed: int, people: People, touches: Touches) -> tuple[People, Decision]:
    """Whose deal is won. For a deal speak the touches of all its account's people, from the founder's lead to its end.

    The touches that made the founder a lead have done their work; colleagues bring theirs in.
    """
    accounts = np.flatnonzero(people.is_founder)
    founder = np.full(people.size, -1)
    founder[people.account[accounts]] = accounts
    decider = np.where(people.is_lead, founder[people.account], -1)[touches.person]
    in_talks = (decider >= 0) & (touches.at >= people.lead_at[decider]) & (touches.at < people.closed_at[decider])
    heard = Touches(touches.person[in_talks], touches.at[in_talks], touches.source[in_talks])
    draw = stream(seed, "wins").random(people.size)
    wins = Decision(rates("won_rate")[people.source], draw, heard, decider[in_talks], WIN_STRENGTH)
    return replace(people, is_won=wins.says_yes() & (people.closed_at < NEVER)), wins


def invite_colleagues(seed: int, clock: Clock, founders: People) -> People:
    """Up to four more people of an account, later than its founder, by the same source or by a way of their own."""
    rng = stream(seed, "colleagues")
    serious = founders.sql_at < NEVER
    wanted = np.where(
        serious, pick(rng, (0.45, 0.25, 0.16, 0.09, 0.05), founders.size), rng.random(founders.size) < 0.06
    )
    founder = np.repeat(np.arange(founders.size), np.where(founders.is_founder, wanted, 0))
    own_way = pick(
        rng, [2 if IS_WEB[code] and source.people else 0 for code, source in enumerate(SOURCES)], len(founder)
    )
    source = np.where(rng.random(len(founder)) < 0.6, founders.source[founder], own_way)
    too_early = rates("live_from")[source] * clock.end > founders.lead_at[founder]
    source = np.where(too_early, founders.source[founder], source)
    first_at = founders.lead_at[founder] + delays(rng, 6.0, len(founder))
    lead_at = first_at + np.where(rng.random(len(founder)) < 0.4, 600, 3600 + delays(rng, 8.0, len(founder)))
    kept = lead_at < clock.end
    founder, source, first_at, lead_at = founder[kept], source[kept], first_at[kept], lead_at[kept]
    size = len(founder)
    mql_at = lead_at + delays(rng, 3.0, size)
    qualified = serious[founder] & (rng.random(size) < 0.4) & (mql_at < clock.end)
    return People(
        source=source,
        first_at=first_at,
        lead_at=lead_at,
        account=founders.account[founder],
        is_founder=np.zeros(size, dtype=bool),
        is_quota=np.zeros(size, dtype=bool),
        is_manual=np.zeros(size, dtype=bool),
        is_deleted=np.zeros(size, dtype=bool),
        mql_at=np.where(qualified, mql_at, NEVER),
        **nothing_more(size),
    )


def nothing_more(size: int) -> dict[str, np.ndarray]:
    """Stages that people without a deal of their own never reach."""
    never = np.full(size, NEVER)
    return {"sql_at": never, "opportunity_at": never, "closed_at": never, "is_won": np.zeros(size, dtype=bool)}


def quota_sizes(leads: int) -> tuple[int, int]:
    """Leads with a meaningless source and leads typed in by hand that give the two unclear shares, for so many others.

    With b and m of them beside n others: b / (n + b) is the share without the manual ones, (b + m) / (n + b + m) with.
    """
    base = round(leads * UNCLEAR_SHARE_BASE / (1 - UNCLEAR_SHARE_BASE))
    both = np.ceil(leads * UNCLEAR_SHARE_WITH_MANUAL / (1 - UNCLEAR_SHARE_WITH_MANUAL))
    return base, int(both) - base


def unclear_quotas(seed: int, clock: Clock, known: People) -> list[People]:
    """The quotas, in the audit window and before it apart, so that both shares hold in the window and over all time."""
    lead_at = known.lead_at[known.is_lead & ~known.is_deleted]
    window_start = clock.end - AUDIT_WINDOW_DAYS * DAY
    accounts = int(known.account.max(initial=-1)) + 1
    quotas: list[People] = []
    for position, name in enumerate(("other", "unknown")):
        rng = stream(seed, f"quota {name}")
        times = []
        for low, high in ((0, window_start), (window_start, clock.end)):
            others = np.sort(lead_at[(lead_at >= low) & (lead_at < high)])
            count = quota_sizes(len(others))[position]
            # Spread like the other leads, so that the share is even from month to month.
            spread = others[np.linspace(0, len(others) - 1, count).astype(int)] if count else others[:0]
            times.append(np.clip(spread + rng.integers(-DAY, DAY, count), low, high - 1))
        made = quota_people(rng, clock, name, np.concatenate(times), accounts)
        accounts += made.size
        quotas.append(made)
    return quotas


def quota_people(rng: np.random.Generator, clock: Clock, name: str, lead_at: Ints, first_account: int) -> People:
    """Leads without a touch, each the founder of an account."""
    size = len(lead_at)
    source = np.full(size, CODES[name])
    return People(
        source=source,
        first_at=lead_at,
        lead_at=lead_at,
        account=first_account + np.arange(size),
        is_founder=np.ones(size, dtype=bool),
        is_quota=np.ones(size, dtype=bool),
        is_manual=np.full(size, name == "unknown"),
        is_deleted=np.zeros(size, dtype=bool),
        **run_funnel(rng, clock, source, lead_at),
    )


def concatenate(groups: list[People]) -> People:
    """Groups below one another."""
    return People(**{field.name: np.concatenate([getattr(g, field.name) for g in groups]) for field in fields(People)})
