"""The three companies of docs/reading_the_numbers.md: a shop, a subscription business and one with a long sales cycle.

Made by hand, without chance, so that their figures can be worked out: all leads of a month are alike, and a customer
pays what its place in the month says.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

AS_OF = date(2026, 7, 2)


@dataclass
class Company:
    """What the sources of a company cost and brought."""

    spend: list[tuple[str, date, float]] = field(default_factory=list)
    leads: list[tuple[str, str, date]] = field(default_factory=list)
    customers: list[tuple[str, str, str, date, float]] = field(default_factory=list)
    payments: list[tuple[str, str, float, date, date | None, date | None]] = field(default_factory=list)

    def add_month(self, source: str, month: date, spend: float, leads: int) -> list[str]:
        """A month's spend, and its leads, spread over the days."""
        names = [f"{source}-{month:%Y-%m}-{number}" for number in range(leads)]
        self.spend.append((source, month, spend))
        self.leads += [(name, source, month + timedelta(days=number % 28)) for number, name in enumerate(names)]
        return names

    def win(self, lead: str, on: date, first_deal: float) -> None:
        if on < AS_OF:
            self.customers.append((lead, lead, lead.split("-")[0], on, first_deal))

    def pay(self, lead: str, amount: float, on: date, months: int = 0) -> None:
        """A purchase, or a subscription for so many months."""
        if on < AS_OF:
            kind, start, end = ("recurring", on, later(on, months)) if months else ("one_off", None, None)
            self.payments.append((lead, kind, amount, on, start, end))

    def frames(self) -> dict[str, pd.DataFrame]:
        columns = {
            "spend": ["source", "month", "amount"],
            "leads": ["lead_id", "source", "created_on"],
            "customers": ["account_id", "lead_id", "source", "won_on", "amount"],
            "payments": ["account_id", "kind", "amount", "revenue_on", "period_start", "period_end"],
        }
        return {name: pd.DataFrame(getattr(self, name), columns=columns[name]) for name in columns}


def later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def months_from(first: date, count: int) -> list[date]:
    return [later(first, number) for number in range(count)]


def shop() -> Company:
    """Of ten customers of the newsletter three buy once, three every quarter for a year, four every other month on."""
    company = Company()
    for month in months_from(date(2024, 7, 1), 24):
        for source, amount in (("email_marketing", 60), ("meta_ads", 150)):
            for number, lead in enumerate(company.add_month(source, month, 600, 20)[::2]):
                first = month + timedelta(days=2 * number)
                company.win(lead, first, amount)
                every, times = (1, 1) if source == "meta_ads" or number < 3 else (3, 4) if number < 6 else (2, 18)
                for purchase in range(times):
                    company.pay(lead, amount, later(first, every * purchase))
    return company


def subscription_business() -> Company:
    """A year for 1200. Of ten customers of partners nine renew, of search two; nobody of LinkedIn has had to decide."""
    company = Company()
    sources = (
        ("partner_referral", date(2024, 1, 1), 30, 5, 400, 9),
        ("google_ads_search", date(2024, 1, 1), 30, 5, 500, 2),
        ("linkedin_ads", date(2025, 9, 1), 10, 10, 400, 10),
    )
    for source, first_month, months, customers, cost, renew in sources:
        won = 0
        for month in months_from(first_month, months):
            for number, lead in enumerate(company.add_month(source, month, cost * customers, 4 * customers)[::4]):
                on = month + timedelta(days=4 * number % 28)
                company.win(lead, on, 1200)
                # Those who do not renew are spread over the years: every tenth place in turn.
                terms = next((term for term in range(3) if (7 * won + 3 * term) % 10 >= renew), 2) + 1
                for term in range(terms):
                    company.pay(lead, 1200, later(on, 12 * term), months=12)
                won += 1
    return company


def long_cycle_business() -> Company:
    """A licence for 10,000 once, half a year after the lead. LinkedIn grows by half a quarter, events shrink."""
    company = Company()
    for source, growth, cost in (("linkedin_ads", 1.5, 1750), ("conference", 1 / 1.5, 3500)):
        sizes = [growth ** (number / 3) for number in range(24)]
        for month, size in zip(months_from(date(2024, 7, 1), 24), sizes, strict=True):
            customers = round((320 if growth > 1 else 440) * size / sum(sizes))
            for number, lead in enumerate(company.add_month(source, month, cost * customers, 4 * customers)[::4]):
                on = month + timedelta(days=number % 28 + 150 + 10 * (number % 7))
                company.win(lead, on, 10_000)
                company.pay(lead, 10_000, on)
    return company


COMPANIES = {
    "A shop": shop, "A subscription business": subscription_business, "A long sales cycle": long_cycle_business
}  # fmt: skip
