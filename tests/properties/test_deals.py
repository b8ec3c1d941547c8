"""Deals and their amounts, in the CRM and inferred: SQL against the same rules written down record by record."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NOW = datetime(2026, 4, 20, 12)
ZONES = ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"]
ACCOUNTS = {"L1": "acme", "L2": "acme", "L3": "solo", "L4": "solo", "L5": "gone"}
CHAIN = ("int_exchange_rates", "int_opportunities", "int_inferred_deals", "int_deals")
# Few days, so that things often fall on the same one, on both sides of the ends of months and of days.
moments = st.builds(
    lambda day, hour: datetime(2026, 2, 26) + timedelta(days=day, hours=hour),
    st.sampled_from([0, 1, 2, 3, 33]),
    st.sampled_from([0, 6, 12, 20, 23.5]),
)
leads = st.sampled_from([*ACCOUNTS, None])


@dataclass(frozen=True)
class Opportunity:
    """An opportunity in the CRM."""

    account: str | None
    lead: str | None
    currency: str
    amount: int | None
    opened_at: datetime
    closed_at: datetime | None
    is_won: bool
    contacts: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Payment:
    """A row of revenue, converted already."""

    account: str
    lead: str | None
    kind: str
    original_amount: int
    amount: int | None
    paid_on: date


@dataclass(frozen=True)
class Company:
    """All records of a company. A rate is units of the second currency for one of the first, from a month on."""

    zone: str
    created_at: dict[str, datetime]
    rates: dict[tuple[str, str, int], float]
    opportunities: list[Opportunity]
    stages: list[tuple[str, str, datetime]]
    payments: list[Payment]

    def day(self, at: datetime) -> date:
        """The day of a moment where the reader is."""
        return at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).date()

    def end_of(self, day: date) -> datetime:
        """The last second of a day where the reader is; not after now."""
        end = datetime.combine(day, time(23, 59, 59, 999_999), ZoneInfo(self.zone)).astimezone(UTC).replace(tzinfo=None)
        return min(end, NOW)

    def rate(self, currency: str, month: date) -> float | None:
        """Into euros: that of the month or the nearest before it; else through one other currency."""
        if currency == "EUR":
            return 1

        def newest(one: str, other: str) -> float | None:
            known = [key for key in self.rates if key[:2] == (one, other) and date(2026, key[2], 1) <= month]
            return self.rates[max(known)] if known else None

        def pair(one: str, other: str) -> float | None:
            given_rate, opposite = newest(one, other), newest(other, one)
            return given_rate or (1 / opposite if opposite else None)

        ways = [pair(currency, "EUR")]
        for through in sorted({"USD", "GBP"} - {currency}):
            first, second = pair(currency, through), pair(through, "EUR")
            ways.append(first * second if first and second else None)
        return next((way for way in ways if way), None)


@st.composite
def opportunities(draw: st.DrawFn) -> Opportunity:
    opened_at, closed_at = draw(moments), draw(st.none() | moments)
    return Opportunity(
        account=draw(st.sampled_from(["acme", "solo", None])),
        lead=draw(leads),
        currency=draw(st.sampled_from(["EUR", "USD", "GBP"])),
        amount=draw(st.sampled_from([None, 0, 100, 2500])),
        opened_at=opened_at,
        closed_at=max(opened_at, closed_at) if closed_at else None,
        is_won=closed_at is not None and draw(st.booleans()),
        contacts=draw(st.dictionaries(st.sampled_from([*ACCOUNTS]), st.booleans(), max_size=2)),
    )


@st.composite
def payments(draw: st.DrawFn) -> Payment:
    amount = draw(st.sampled_from([0, 7, 40, 500]))
    return Payment(
        account=draw(st.sampled_from(["acme", "solo", "gone", "new"])),
        lead=draw(leads),
        kind=draw(st.sampled_from(["one_off", "recurring", "refund"])),
        original_amount=amount,
        amount=draw(st.sampled_from([amount, amount, None])),
        paid_on=draw(moments).date(),
    )


companies = st.builds(
    Company,
    zone=st.sampled_from(ZONES),
    created_at=st.fixed_dictionaries(dict.fromkeys(ACCOUNTS, moments)),
    rates=st.dictionaries(
        st.sampled_from(
            [(*pair, month) for pair in (("USD", "EUR"), ("EUR", "USD"), ("GBP", "USD")) for month in (2, 3)]
        ),
        st.sampled_from([0.8, 0.5, 1.25]),
    ),
    opportunities=st.lists(opportunities(), max_size=3),
    stages=st.lists(
        st.tuples(st.sampled_from([*ACCOUNTS]), st.sampled_from(["mql", "opportunity", "customer"]), moments),
        max_size=4,
        unique_by=lambda stage: stage[:2],
    ),
    payments=st.lists(payments(), max_size=5),
)


def deals_of(company: Company) -> dict[str, tuple]:
    """Account, lead, amount, whether it is an opportunity, opening and win of each deal."""
    deals = {}
    by_creation = sorted(ACCOUNTS, key=lambda lead: (company.created_at[lead], lead))
    for number, record in enumerate(company.opportunities):
        contacts = sorted(record.contacts, key=lambda lead: (not record.contacts[lead], by_creation.index(lead)))
        contact = next(iter(contacts), None)
        account = record.account or ACCOUNTS.get(record.lead) or ACCOUNTS.get(contact) or f"opportunity:O{number}"
        first = next((lead for lead in by_creation if ACCOUNTS[lead] == account), None)
        rate = company.rate(record.currency, company.day(record.closed_at or record.opened_at).replace(day=1))
        deals[f"O{number}"] = (
            *(account, record.lead or contact or first, (record.amount or 0) * (rate or 0), True, record.opened_at),
            record.closed_at if record.is_won else None,
        )
    for account in ("acme", "solo", "gone", "new"):
        deal = inferred_deal(company, account, [deal for deal in deals.values() if deal[0] == account], by_creation)
        if deal:
            deals[f"account:{account}"] = deal
    return deals


def inferred_deal(company: Company, account: str, known: list[tuple], by_creation: list[str]) -> tuple | None:
    """The deal that stages and payments of an account without a won opportunity show."""
    wins, openings = [], []
    for lead, stage, at in company.stages:
        if ACCOUNTS[lead] == account and stage != "mql":
            (wins if stage == "customer" else openings).append((at, lead))
    paid = [p for p in company.payments if p.account == account and p.kind != "refund" and p.original_amount > 0]
    wins += [(company.end_of(payment.paid_on), payment.lead) for payment in paid]
    if any(deal[-1] for deal in known) or not (wins or openings) or (known and not wins):
        return None
    won_at = min((at for at, _ in wins), default=None)
    first_paid_on = min((p.paid_on for p in paid if won_at and p.paid_on >= company.day(won_at)), default=None)
    amount = sum(p.amount or 0 for p in paid if p.paid_on == first_paid_on)
    named = [
        sorted((deal[4], deal[1]) for deal in known if deal[1]),
        sorted((at, lead) for at, lead in wins if lead),
        sorted(openings),
        [(None, lead) for lead in by_creation if ACCOUNTS[lead] == account],
    ]
    lead = next((leads[0][1] for leads in named if leads), None)
    shown = wins if known else wins + openings
    return (account, lead, amount, not known, min(at for at, _ in shown), won_at)


@pytest.fixture(scope="module")
def built(connection, compile_models):
    """Deals of a company by the models, and which are an account's first won one."""
    variables = {"as_of": NOW.isoformat(sep=" "), "reporting_currency": "EUR"}
    models = {zone: compile_models({**variables, "reporting_timezone": zone}) for zone in ZONES}
    tables = {
        "intermediate.int_leads": "lead_id varchar, account_id varchar, created_at timestamp",
        "seeds.exchange_rates": "month date, currency varchar, to_currency varchar, rate decimal(18, 10)",
        "intermediate.int_unified__opportunities": """
            opportunity_id varchar, account_id varchar, lead_id varchar, stage varchar, crm_source varchar,
            currency varchar, amount decimal(18, 6), is_won boolean, is_closed boolean, created_at timestamp,
            closed_at timestamp
        """,
        "intermediate.int_unified__opportunity_contacts": "opportunity_id varchar, lead_id varchar, is_primary boolean",
        "intermediate.int_unified__lead_stages": "lead_id varchar, stage varchar, entered_at timestamp",
        "intermediate.int_revenue": """
            account_id varchar, lead_id varchar, kind varchar, original_amount decimal(18, 6), amount decimal(18, 6),
            revenue_on date
        """,
    }
    for table, columns in tables.items():
        connection.execute(f"create or replace table {table} ({columns})")

    def build(company: Company):
        records = list(enumerate(company.opportunities))
        rows = [
            [(lead, ACCOUNTS[lead], at) for lead, at in company.created_at.items()],
            [(date(2026, month, 1), one, other, rate) for (one, other, month), rate in company.rates.items()],
            [
                (f"O{number}", record.account, record.lead, None, None, record.currency, record.amount,
                 record.is_won, record.closed_at is not None, record.opened_at, record.closed_at)
                for number, record in records
            ],
            [(f"O{number}", *contact) for number, record in records for contact in record.contacts.items()],
            company.stages,
            [(p.account, p.lead, p.kind, p.original_amount, p.amount, p.paid_on) for p in company.payments],
        ]  # fmt: skip
        for table, given_rows in zip(tables, rows, strict=True):
            connection.execute(f"delete from {table}")
            for row in given_rows:
                connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
        for model in CHAIN:
            connection.execute(f"create or replace table intermediate.{model} as {models[company.zone][model]}")
        return connection.sql("""
            select deal_id, is_first_won, account_id, lead_id, amount, is_opportunity, created_at, won_at
            from intermediate.int_deals
        """).fetchall()

    return build


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(company=companies)
def test_deals_are_what_a_reader_of_the_records_would_write_down(built, company):
    rows = built(company)
    expected = deals_of(company)
    assert {deal for deal, *_ in rows} == expected.keys()
    for deal, _, account, lead, amount, *rest in rows:
        assert (account, lead, *rest) == (*expected[deal][:2], *expected[deal][3:]), deal
        assert float(amount) == pytest.approx(expected[deal][2], abs=1e-5), deal
    # Every account with a win has one first win, and none is before it.
    for account in {account for account, *_, won_at in expected.values() if won_at}:
        wins = sorted((deal[5], deal[4], name) for name, deal in expected.items() if deal[0] == account and deal[5])
        assert [deal for deal, is_first, owner, *_ in rows if is_first and owner == account] == [wins[0][2]]
