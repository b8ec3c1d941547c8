"""The simulated company: every part made from one seed, before anything is exported."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from sample_company.activities import make_webinar_visits
from sample_company.crm import entry_methods
from sample_company.deals import Deals, Payments, make_deals, make_payments
from sample_company.identities import Accounts, Identities, make_accounts, make_identities
from sample_company.parameters import CODES
from sample_company.people import People, decide_wins, make_people
from sample_company.persuasion import Decision, Touches
from sample_company.spend import make_ad_spend, make_costs
from sample_company.tables import NEVER, Bools, Clock, Columns, Texts
from sample_company.visits import Visits, make_visits


@dataclass(frozen=True)
class SampleCompany:
    """The simulated company, before anything is exported. `kept` says which people the exports know."""

    seed: int
    scale: float
    clock: Clock
    people: People
    kept: Bools
    accounts: Accounts
    who: Identities
    entry: Texts
    visits: Visits
    webinar_visits: Touches
    becomes_lead: Decision
    """Of the people who come through a source of their own, the first rows of `people`."""
    wins: Decision
    deals: Deals
    payments: Payments
    ad_spend: Columns
    restated_spend: Columns
    costs: Columns


def simulate(scale: float, seed: int, until: date, months: int, manual_leads: bool) -> SampleCompany:
    """The company. Manual leads are always simulated, so that leaving them out changes nothing else."""
    clock = Clock(until, months)
    people, becomes_lead = make_people(seed, scale, clock)
    entry = entry_methods(seed, people)
    visits = make_visits(seed, clock, people, becomes_lead.touches, entry)
    webinar_visits = make_webinar_visits(seed, people)
    people, wins = decide_wins(seed, people, all_touches(visits, webinar_visits))
    accounts = make_accounts(seed, people)
    deals = make_deals(seed, clock, people)
    ad_spend, restated_spend = make_ad_spend(seed, scale, clock)
    return SampleCompany(
        seed=seed,
        scale=scale,
        clock=clock,
        people=people,
        kept=~people.is_manual | manual_leads,
        accounts=accounts,
        who=make_identities(seed, people, accounts),
        entry=entry,
        visits=visits,
        webinar_visits=webinar_visits,
        becomes_lead=becomes_lead,
        wins=wins,
        deals=deals,
        payments=make_payments(seed, clock, people, deals),
        ad_spend=ad_spend,
        restated_spend=restated_spend,
        costs=make_costs(seed, scale, clock, people),
    )


def all_touches(visits: Visits, webinar_visits: Touches) -> Touches:
    """Everything that may speak for a deal; a check-in at a conference's terminal does not."""
    own = visits.device >= 0
    return Touches(
        np.concatenate([visits.person[own], webinar_visits.person]),
        np.concatenate([visits.started_at[own], webinar_visits.at]),
        np.concatenate([visits.source[own], webinar_visits.source]),
    )


def customers_without(company: SampleCompany, *sources: str) -> Bools:
    """The founders whose deals would be won if these sources did not exist, with every draw as it was.

    The people whose first touch such a source brought are not there, nor are their colleagues; of all others only
    the touches of these sources are missing, and nothing comes in their place. Steps keep their times.
    """
    people = company.people
    codes = [CODES[name] for name in sources]
    exists = ~np.isin(people.source, codes)

    def still_says_yes(decision: Decision) -> Bools:
        touches = decision.touches
        return decision.says_yes(exists[touches.person] & ~np.isin(touches.source, codes))

    # Colleagues and the unclear quotas do not decide whether to become a lead.
    is_lead = people.is_lead.copy()
    acquired = still_says_yes(company.becomes_lead)
    is_lead[: len(acquired)] &= acquired
    return exists & is_lead & (people.closed_at < NEVER) & still_says_yes(company.wins)
