"""Assembly: simulate the company, drop its exports into the landing folder, write down the truth."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sample_company import exports
from sample_company.activities import make_activities
from sample_company.crm import make_accounts_export, make_leads, make_stages
from sample_company.deals import make_contacts, make_opportunities, make_revenue
from sample_company.journeys import make_events, make_sessions
from sample_company.simulation import SampleCompany, simulate
from sample_company.tables import Columns, select
from sample_company.truth import describe
from sample_company.vendors.assembly import drop_vendors


def write_sample_company(
    home: Path,
    *,
    scale: float = 1.0,
    seed: int = 7,
    until: date,
    months: int = 18,
    manual_leads: bool = True,
    vendor_formats: bool = False,
) -> dict[str, Any]:
    """Write the exports under `home/landing` and the truth to `home/sample_company/truth.json`.

    Gives the truth. The last simulated second is the one before `until` begins. Files of an earlier sample company in
    this home are removed first, other files stay. In vendor formats, the standard feed has what no vendor exports.
    """
    truth_file = home / "sample_company" / "truth.json"
    landing = home / "landing"
    remove_earlier(truth_file, landing)
    company = simulate(scale, seed, until, months, manual_leads)
    landed = exports.Landed(landing)
    entities = make_exports(company)
    if vendor_formats:
        entities = drop_vendors(landed, entities)
    exports.drop_standard(landed, entities)
    truth = describe(company, landed)
    truth_file.parent.mkdir(parents=True, exist_ok=True)
    truth_file.write_text(json.dumps(truth, indent=1) + "\n")
    return truth


def remove_earlier(truth_file: Path, landing: Path) -> None:
    """Take away what the earlier truth says was dropped: two companies in one landing folder would mix."""
    if truth_file.exists():
        for name in json.loads(truth_file.read_text())["files"]:
            (landing / name).unlink(missing_ok=True)


def make_exports(company: SampleCompany) -> exports.Exports:
    """All entities, in the columns of the standard feed."""
    seed, clock, people, who, kept = company.seed, company.clock, company.people, company.who, company.kept
    accounts, visits, deals = company.accounts, company.visits, company.deals
    leads = make_leads(seed, clock, people, accounts, who, company.entry)
    known = set(who.lead_id[kept & people.is_lead])
    activities, actor = make_activities(seed, clock, people, who, company.entry, company.webinar_visits)
    opportunities = make_opportunities(seed, clock, people, accounts, who, deals)
    contacts, deal = make_contacts(seed, people, who, deals, opportunities["opportunity_id"])
    revenue, payer = make_revenue(clock, people, accounts, who, deals, company.payments)
    return {
        "ad_spend": without(company.ad_spend, "day"),
        "ad_spend_restated": without(company.restated_spend, "day"),
        "costs": without(company.costs, "true_source"),
        "web_sessions": make_sessions(seed, clock, people, accounts, who, visits),
        "web_events": make_events(seed, clock, people, who, company.entry, visits),
        "leads": only(leads.first, known),
        "leads_updated": only(leads.updates, known),
        "lead_stages": only(make_stages(seed, clock, people, who), known),
        "accounts": make_accounts_export(clock, people, accounts, kept[accounts.founder]),
        "activities": select(activities, kept[actor]),
        "opportunities": select(opportunities, kept[deals.person]),
        "opportunity_contacts": select(contacts, kept[deals.person[deal]]),
        "revenue": select(revenue, kept[payer]),
    }


def without(columns: Columns, name: str) -> Columns:
    """All columns but the one that only the simulation knows."""
    return {column: values for column, values in columns.items() if column != name}


def only(columns: Columns, lead_ids: set[str]) -> Columns:
    """Rows of these leads."""
    return select(columns, np.isin(columns["lead_id"].astype(str), np.array(sorted(lead_ids), dtype=str)))
