"""What the sources cost: ad spend per day, campaign and ad; other costs per month, source and cost type."""

import numpy as np

from sample_company import vocabulary
from sample_company.parameters import CODES, EUR_PER_USD, SOURCES
from sample_company.people import People
from sample_company.tables import DAY, Clock, Columns, select, stack, stream

ADS = ("ad_a", "ad_b", "ad_c")
AD_SHARES = np.array([0.5, 0.3, 0.2])
ORPHAN_SHARE = 0.06
RESTATED_PLATFORMS = ("linkedin_ads", "meta_ads")
COST_NAMES = {"conference": "Trade Show", "linkedin_ads": "LinkedIn Ads", "customer_referral": "Referral - Customer"}
"""Sources that the bookkeepers spell in their own way."""


def make_ad_spend(seed: int, scale: float, clock: Clock) -> tuple[Columns, Columns]:
    """Ad spend as first reported, and the days that LinkedIn and Meta corrected later. Cost in the row's currency."""
    rng = stream(seed, "ad spend")
    first = stack([campaign_spend(rng, scale, clock, *plan) for plan in enumerate(campaign_plan(), start=1)])
    is_late = (first["day"] % 30 >= 27) & np.isin(first["platform"], RESTATED_PLATFORMS)
    restated = select(first, is_late)
    restated["cost"] = np.round(restated["cost"] * rng.uniform(1.02, 1.06, len(restated["cost"])), 2)
    restated["clicks"] = restated["clicks"] + rng.integers(0, 3, len(restated["clicks"]))
    return first, restated


def campaign_plan() -> list[tuple[str, str, float]]:
    """Source, campaign and its share of the source's budget."""
    orphan_source, orphan = vocabulary.ORPHAN_CAMPAIGN
    plan = [(orphan_source, orphan, ORPHAN_SHARE)]
    for source in vocabulary.AD_PLATFORMS:
        campaigns = vocabulary.CAMPAIGNS[source]
        left = 1 - ORPHAN_SHARE if source == orphan_source else 1.0
        plan += [(source, campaign, left / len(campaigns)) for campaign in campaigns]
    return plan


def campaign_spend(
    rng: np.random.Generator, scale: float, clock: Clock, number: int, plan: tuple[str, str, float]
) -> Columns:
    """One campaign: a row per day and ad, around the budget, which grows like the visitors do."""
    source, campaign, share = plan
    platform, utm_source, utm_medium = vocabulary.AD_PLATFORMS[source]
    parameters = SOURCES[CODES[source]]
    in_dollars = platform == "linkedin_ads"
    day = np.repeat(np.arange(clock.days), len(ADS))
    ad = np.tile(np.arange(len(ADS)), clock.days)
    size = len(day)
    growth = 0.8 + 0.4 * day / clock.days
    budget = parameters.ad_budget / 30.4375 * scale * share * growth * AD_SHARES[ad]
    cost = budget * rng.lognormal(-0.045, 0.3, size)
    clicks = rng.poisson(cost / parameters.click_cost)
    ad_names = np.array(ADS, dtype=object)[ad]

    def constant(text: str) -> np.ndarray:
        return np.full(size, text, dtype=object)

    return {
        "day": day,
        "date": clock.dates(day),
        "platform": constant(platform),
        "account_id": constant(f"{platform}-main"),
        "campaign_id": constant(f"{9000 + number}"),
        "campaign_name": constant(campaign),
        "ad_group_id": constant(f"{9000 + number}-1"),
        "ad_group_name": constant(f"{campaign} all"),
        "ad_id": constant(f"{9000 + number}-") + ad_names,
        "source": constant(source),
        "utm_source": constant(utm_source),
        "utm_medium": constant(utm_medium),
        "utm_campaign": constant(campaign),
        "utm_content": ad_names,
        "impressions": clicks * rng.integers(30, 90, size) + rng.integers(5, 200, size),
        "clicks": clicks,
        "cost": np.round(cost / (EUR_PER_USD if in_dollars else 1.0), 2),
        "currency": constant("USD" if in_dollars else "EUR"),
    }


def make_costs(seed: int, scale: float, clock: Clock, people: People) -> Columns:
    """All costs that are no ads, in EUR: plans with small deviations, and commissions on what was won in the month."""
    rng = stream(seed, "costs")
    labels = clock.month_labels()
    first_won = people.closed_at[people.is_won]
    month_won = np.minimum(first_won // DAY * clock.months // clock.days, clock.months - 1)
    rows: list[tuple[str, str, str, str, float]] = []
    for code, source in enumerate(SOURCES):
        deviation = rng.uniform(0.94, 1.06, (len(source.monthly_costs), clock.months))
        won = np.bincount(month_won[people.source[people.is_won] == code], minlength=clock.months)
        for month, label in enumerate(labels):
            if month < int(source.live_from * clock.months):
                continue
            spent = {
                cost_type: amount * scale * deviation[position, month]
                for position, (cost_type, amount) in enumerate(source.monthly_costs.items())
            }
            if source.commission and won[month]:
                spent["commission"] = source.commission * float(won[month])
            rows += [(label, source.name, COST_NAMES.get(source.name, source.name), *cost) for cost in spent.items()]
    month, true_source, written, cost_type, amount = zip(*rows, strict=True)
    return {
        "month": np.array(month, dtype=object),
        "true_source": np.array(true_source, dtype=object),
        "source": np.array(written, dtype=object),
        "cost_type": np.array(cost_type, dtype=object),
        "amount": np.round(np.array(amount), 2),
        "currency": np.full(len(rows), "EUR", dtype=object),
    }
