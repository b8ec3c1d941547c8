"""The truth about a simulated company: what a warehouse should find, per source and per entity."""

from dataclasses import asdict
from typing import Any

import numpy as np

from sample_company.exports import Landed
from sample_company.parameters import (
    AUDIT_WINDOW_DAYS,
    CODES,
    EUR_PER_USD,
    LTV_HORIZON_MONTHS,
    MARGIN,
    SOURCES,
    Source,
    expected_ltv,
)
from sample_company.people import People
from sample_company.simulation import SampleCompany, customers_without
from sample_company.tables import DAY, NEVER, Bools, Floats
from sample_company.visits import visits_per_source


def describe(company: SampleCompany, landed: Landed) -> dict[str, Any]:
    """Everything that truth.json holds. Money is EUR unless a currency is named.

    - seed, scale, from, until (first day not simulated), months: which company this is
    - margin, eur_per_usd, ltv_horizon_months: what all sources share
    - sources, by name:
        - parameters: as `parameters.Source` documents them
        - expected_ltv: margin of one customer over the horizon, in expectation
        - expected_rates: of leads that have had their time, in expectation (`expected_rates`)
        - simulated: counts of `source_totals`, sessions, revenue net of refunds, spend by kind and currency, investment
          (all spend), cac (investment per customer). A customer counts for the source of its founder's first touch
        - ltv_cac_ratio: expected_ltv over cac
        - true_contribution: customers and first_deal_amount lost without the source (`true_contributions`)
    - unclear_leads, over all_time and in the audit_window: leads that are not deleted, how many of them have no clear
      source, how many were typed in without one, and the share with and without the latter
    - entities, by name: counts of what was dropped
    - customers, in order of time: account_id (null for a freelancer), lead_id, source, acquired_at
    - files: what was dropped, below the landing folder
    """
    clock = company.clock
    return {
        "seed": company.seed,
        "scale": company.scale,
        "from": clock.first_day.isoformat(),
        "until": clock.until.isoformat(),
        "months": clock.months,
        "margin": MARGIN,
        "eur_per_usd": EUR_PER_USD,
        "ltv_horizon_months": LTV_HORIZON_MONTHS,
        "sources": source_truths(company),
        "unclear_leads": unclear_leads(company),
        "entities": entity_counts(company, landed),
        "customers": customers(company),
        "files": [str(file.path.relative_to(landed.folder)) for files in landed.files.values() for file in files],
    }


def source_truths(company: SampleCompany) -> dict[str, Any]:
    """Per source: the parameters, what they give in expectation, and what was drawn."""
    totals = source_totals(company)
    spend = spend_by_currency(company)
    sessions = visits_per_source(company.visits)
    contributions = true_contributions(company)
    chances = expected_rates(company)
    truths = {}
    for source in SOURCES:
        drawn = {name: int(values[CODES[source.name]]) for name, values in totals.items()}
        revenue = float(revenue_by_source(company)[CODES[source.name]])
        investment = round(sum(spend[source.name][key] for key in ("ads_eur", "other_costs_eur")), 2)
        investment = round(investment + spend[source.name]["ads_usd"] * EUR_PER_USD, 2)
        cac = round(investment / drawn["customers"], 2) if drawn["customers"] else None
        truths[source.name] = {
            "parameters": asdict(source),
            "expected_ltv": round(expected_ltv(source), 2),
            "expected_rates": chances[source.name],
            "simulated": {
                **drawn,
                "sessions": sessions[source.name],
                "revenue": round(revenue, 2),
                "spend": spend[source.name],
                "investment": investment,
                "cac": cac,
            },
            "ltv_cac_ratio": ltv_cac(source, cac),
            "true_contribution": contributions[source.name],
        }
    return truths


def expected_rates(company: SampleCompany) -> dict[str, dict[str, float | None]]:
    """Per source: the chance that a lead becomes a customer, and that an opportunity does, were there time for all.

    Only the founder of an account becomes its customer: its colleagues are leads too, and lower the rate of leads. How
    likely a deal is won depends on the touches it has had, so the mean over the deals that were decided is taken.
    """
    people, kept = company.people, company.kept
    win_chance = company.wins.chance()
    rates = {}
    for code, source in enumerate(SOURCES):
        rows = (people.source == code) & kept
        decided = win_chance[rows & people.is_founder & (people.closed_at < NEVER)]
        won = float(decided.mean()) if len(decided) else source.won_rate
        leads = int((rows & people.is_lead & ~people.is_deleted).sum())
        founders = int((rows & people.is_founder).sum())
        reached = source.mql_rate * source.sql_rate * source.opportunity_rate
        rates[source.name] = {
            "lead_to_customer_rate": round(reached * won * founders / leads, 6) if leads else None,
            "opportunity_to_customer_rate": round(won, 6) if source.opportunity_rate else None,
        }
    return rates


def true_contributions(company: SampleCompany) -> dict[str, dict[str, float]]:
    """Per source: the customers, and the first year's price of their first deals in EUR, that are lost without it.

    One source at a time is removed from the simulation while everything else keeps its draws (`customers_without`).
    Several sources may each be needed for one customer, so contributions sum to more than all customers: models that
    share customers out are to be compared with the contributions' shares.
    """
    deals, kept = company.deals, company.kept
    amount = np.zeros(company.people.size)
    amount[deals.person[deals.is_first]] = deals.price_eur[deals.is_first] * 12
    contributions = {}
    for source in SOURCES:
        lost = company.people.is_won & kept & ~customers_without(company, source.name)
        contributions[source.name] = {
            "customers": int(lost.sum()),
            "first_deal_amount": round(float(amount[lost].sum()), 2),
        }
    return contributions


def ltv_cac(source: Source, cac: float | None) -> float | None:
    """Expected lifetime value over what a customer of the source really cost; None where nothing was paid or won."""
    return round(expected_ltv(source) / cac, 2) if cac else None


def source_totals(company: SampleCompany) -> dict[str, np.ndarray]:
    """Counts by code of the true source: people, leads (deleted ones too), stages reached by founders, customers."""
    people, kept = company.people, company.kept
    groups: dict[str, Bools] = {
        "people": np.ones(people.size, dtype=bool),
        "web_visitors": people.is_web,
        "leads": people.is_lead,
        "mqls": people.mql_at < NEVER,
        "sqls": people.sql_at < NEVER,
        "opportunities": people.opportunity_at < NEVER,
        "customers": people.is_won,
    }
    return {name: np.bincount(people.source[rows & kept], minlength=len(SOURCES)) for name, rows in groups.items()}


def revenue_by_source(company: SampleCompany) -> Floats:
    """Paid less refunded, by code of the account's true source."""
    person = company.deals.person[company.payments.deal]
    rows = company.kept[person]
    source = company.people.source[person][rows]
    return np.bincount(source, weights=company.payments.amount_eur[rows], minlength=len(SOURCES))


def spend_by_currency(company: SampleCompany) -> dict[str, dict[str, float]]:
    """Ad spend after all corrections, in the currency it was reported in, and other costs."""
    first, restated, costs = company.ad_spend, company.restated_spend, company.costs
    replaced = (first["day"] % 30 >= 27) & np.isin(first["platform"], np.unique(restated["platform"].astype(str)))
    spend = {}
    for source in SOURCES:
        sums = {"ads_eur": 0.0, "ads_usd": 0.0}
        for part, rows in ((first, ~replaced), (restated, np.ones(len(restated["day"]), dtype=bool))):
            for currency in ("EUR", "USD"):
                chosen = rows & (part["source"] == source.name) & (part["currency"] == currency)
                sums[f"ads_{currency.lower()}"] += float(part["cost"][chosen].sum())
        other = float(costs["amount"][costs["true_source"] == source.name].sum())
        spend[source.name] = {name: round(value, 2) for name, value in sums.items()} | {
            "other_costs_eur": round(other, 2)
        }
    return spend


def unclear_leads(company: SampleCompany) -> dict[str, Any]:
    """Leads without a clear source among all leads that are not deleted, over all time and in the audit window."""
    people: People = company.people
    counted = people.is_lead & ~people.is_deleted & company.kept
    recent = people.lead_at >= company.clock.end - AUDIT_WINDOW_DAYS * DAY
    result: dict[str, Any] = {"audit_window_days": AUDIT_WINDOW_DAYS}
    for name, rows in (("all_time", counted), ("audit_window", counted & recent)):
        leads, unclear = int(rows.sum()), int((rows & people.is_quota).sum())
        manual = int((rows & people.is_manual).sum())
        result[name] = {
            "leads": leads,
            "unclear": unclear,
            "manual": manual,
            "unclear_share": round(unclear / leads, 5),
            "unclear_share_without_manual": round((unclear - manual) / (leads - manual), 5),
        }
    return result


def entity_counts(company: SampleCompany, landed: Landed) -> dict[str, dict[str, int]]:
    """Per entity, a vendor's after its feed: rows in its files, broken ones, newer versions of others, records left,
    deleted ones among them.
    """
    deleted = int((company.people.is_deleted & company.kept).sum())
    counts = {}
    for entity, files in landed.files.items():
        rows, broken = sum(file.rows for file in files), sum(file.broken for file in files)
        newer = landed.newer_versions.get(entity, 0)
        counts[entity] = {
            "files": len(files),
            "rows": rows,
            "broken_rows": broken,
            "newer_versions": newer,
            "records": rows - broken - newer,
            "deleted_records": deleted if entity in ("leads", "hubspot/contact") else 0,
        }
    return counts


def customers(company: SampleCompany) -> list[dict[str, Any]]:
    """Per customer: its account (None for a freelancer, who is a lead alone), its founding lead, its true source."""
    people, accounts, who = company.people, company.accounts, company.who
    won = np.flatnonzero(people.is_won & company.kept)
    won = won[np.argsort(people.closed_at[won], kind="stable")]
    account = people.account[won]
    account_id = np.where(accounts.is_solo[account], None, accounts.account_id[account])
    acquired_at = company.clock.stamps(people.closed_at[won])
    return [
        {"account_id": key, "lead_id": lead, "source": SOURCES[code].name, "acquired_at": at}
        for key, lead, code, at in zip(account_id, who.lead_id[won], people.source[won], acquired_at, strict=True)
    ]
