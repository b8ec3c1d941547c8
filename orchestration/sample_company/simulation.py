"""The simulated company: every part made from one seed, before anything is exported."""

from dataclasses import dataclass
from datetime import date

from orchestration.sample_company.crm import entry_methods
from orchestration.sample_company.deals import Deals, Payments, make_deals, make_payments
from orchestration.sample_company.identities import Accounts, Identities, make_accounts, make_identities
from orchestration.sample_company.people import People, make_people
from orchestration.sample_company.spend import make_ad_spend, make_costs
from orchestration.sample_company.tables import Bools, Clock, Columns, Texts
from orchestration.sample_company.visits import Visits, make_visits


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
    deals: Deals
    payments: Payments
    ad_spend: Columns
    restated_spend: Columns
    costs: Columns


def simulate(scale: float, seed: int, until: date, months: int, manual_leads: bool) -> SampleCompany:
    """The company. Manual leads are always simulated, so that leaving them out changes nothing else."""
    clock = Clock(until, months)
    people = make_people(seed, scale, clock)
    accounts = make_accounts(seed, people)
    entry = entry_methods(seed, people)
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
        visits=make_visits(seed, clock, people, entry),
        deals=deals,
        payments=make_payments(seed, clock, people, deals),
        ad_spend=ad_spend,
        restated_spend=restated_spend,
        costs=make_costs(seed, scale, clock, people),
    )
