"""Assembly: simulate the company, drop its exports into the landing folder, write down the truth."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.sample_company import exports
from orchestration.sample_company.activities import make_activities
from orchestration.sample_company.crm import LeadExport, entry_methods, make_accounts_export, make_leads, make_stages
from orchestration.sample_company.deals import (
    Deals,
    Payments,
    make_contacts,
    make_deals,
    make_opportunities,
    make_payments,
    make_revenue,
)
from orchestration.sample_company.identities import Accounts, Identities, make_accounts, make_identities
from orchestration.sample_company.journeys import make_events, make_sessions
from orchestration.sample_company.people import People, make_people
from orchestration.sample_company.spend import make_ad_spend, make_costs
from orchestration.sample_company.tables import Bools, Clock, Columns, Texts, select
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


def write_sample_company(
    home: Path, *, scale: float = 1.0, seed: int = 7, until: date, months: int = 18, manual_leads: bool = True
) -> dict[str, Any]:
    """Write the exports under `home/landing/standard` and the truth to `home/sample_company/truth.json`.

    Gives the truth. The last simulated second is the one before `until` begins. Files of an earlier sample company in
    this home are removed first, other files stay.
    """
    from orchestration.sample_company.truth import describe

    truth_file = home / "sample_company" / "truth.json"
    landing = home / "landing" / "standard"
    remove_earlier(truth_file, landing)
    company = simulate(scale, seed, until, months, manual_leads)
    landed = exports.Landed(landing)
    drop_everything(company, landed)
    truth = describe(company, landed)
    truth_file.parent.mkdir(parents=True, exist_ok=True)
    truth_file.write_text(json.dumps(truth, indent=1) + "\n")
    return truth


def remove_earlier(truth_file: Path, landing: Path) -> None:
    """Take away what the earlier truth says was dropped: two companies in one landing folder would mix."""
    if truth_file.exists():
        for name in json.loads(truth_file.read_text())["files"]:
            (landing / name).unlink(missing_ok=True)


def drop_everything(company: SampleCompany, landed: exports.Landed) -> None:
    """All entities as files."""
    seed, clock, people, who, kept = company.seed, company.clock, company.people, company.who, company.kept
    accounts, visits, deals = company.accounts, company.visits, company.deals
    exports.drop_ad_spend(landed, company.ad_spend, company.restated_spend)
    exports.drop_costs(landed, company.costs)
    sessions = make_sessions(seed, clock, people, accounts, who, visits)
    exports.drop_web(landed, sessions, make_events(seed, clock, people, who, company.entry, visits))

    leads = make_leads(seed, clock, people, accounts, who, company.entry)
    known = set(who.lead_id[kept & people.is_lead])
    leads = LeadExport(only(leads.first, known), only(leads.updates, known))
    stages = only(make_stages(seed, clock, people, who), known)
    exports.drop_crm(landed, leads, stages, make_accounts_export(clock, people, accounts, kept[accounts.founder]))

    activities, actor = make_activities(seed, clock, people, who, company.entry)
    opportunities = make_opportunities(seed, clock, people, accounts, who, deals)
    contacts, deal = make_contacts(seed, people, who, deals, opportunities["opportunity_id"])
    revenue, payer = make_revenue(clock, people, accounts, who, deals, company.payments)
    exports.drop_sales(
        landed,
        select(activities, kept[actor]),
        select(opportunities, kept[deals.person]),
        select(contacts, kept[deals.person[deal]]),
        select(revenue, kept[payer]),
    )


def only(columns: Columns, lead_ids: set[str]) -> Columns:
    """Rows of these leads."""
    return select(columns, np.isin(columns["lead_id"].astype(str), np.array(sorted(lead_ids), dtype=str)))
