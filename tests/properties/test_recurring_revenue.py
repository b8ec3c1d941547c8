"""Recurring revenue by month: whoever pays without a break keeps all of it, whoever leaves keeps none."""

import calendar
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.properties.conftest import LIFETIME_VALUES

AS_OF = date(2026, 3, 31)


class Payment(NamedTuple):
    """A recurring payment; what is optional in the feed is null."""

    amount: float
    day: date
    subscription: str | None = None
    period_start: date | None = None
    period_end: date | None = None


# First payment, months between payments, days from it to the win, days that payments come early or late, payments.
CHAIN = (
    *("int_payment_series", "int_payment_periods", "int_recurring_payments", "int_customer_spells", "int_customers"),
    *("int_recurring_months", "int_cohort_recurring_revenue"),
)
WORTH = ("int_subscription_terms", "int_source_recurring_revenue", *LIFETIME_VALUES)
payer = st.tuples(
    st.dates(date(2021, 1, 1), date(2022, 12, 31)),
    st.sampled_from([1, 3, 12]),
    st.integers(-25, 400),
    st.lists(st.integers(-3, 6), min_size=3, max_size=3),
    st.integers(2, 5),
)
payers = st.lists(payer, min_size=1, max_size=12)
properties = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def payment_dates(first: date, period: int, late: list[int], count: int) -> list[date]:
    due = [months_after(first, period * number) for number in range(count)]
    return [first, *(day + timedelta(late[number % 3]) for number, day in enumerate(due[1:]))]


@pytest.fixture(scope="module")
def models(compile_models):
    # Nobody is expected to leave where nobody left.
    return compile_models({"as_of": str(AS_OF), "reporting_timezone": "UTC", "renewal_prior_count": 0})


@pytest.fixture(scope="module")
def months_paid(connection, models):
    """Rows of int_customers, and of int_cohort_recurring_revenue by account, for wins and payments by account."""
    for table, columns in {
        "intermediate.int_deals": (
            "deal_id varchar, account_id varchar, lead_id varchar, amount decimal(18, 6), is_first_won boolean,"
            " won_at timestamp"
        ),
        "intermediate.int_deal_sources": "deal_id varchar, original_source varchar",
        "intermediate.int_revenue": (
            "account_id varchar, kind varchar, amount decimal(18, 6), revenue_on date, subscription_id varchar,"
            " period_start date, period_end date, original_currency varchar, original_amount decimal(18, 6)"
        ),
        "seeds.source_settings": "source varchar, gross_margin_rate double",
    }.items():
        connection.execute(f"create or replace table {table} ({columns})")

    def run(wins: dict[str, date], payments: dict[str, list[Payment]]):
        for table in ("int_deals", "int_deal_sources", "int_revenue"):
            connection.execute(f"delete from intermediate.{table}")
        connection.executemany(
            "insert into intermediate.int_deals values (?, ?, null, 1, true, ?)",
            [(account, account, day) for account, day in wins.items()],
        )
        connection.execute(
            "insert into intermediate.int_deal_sources select deal_id, account_id from intermediate.int_deals"
        )
        connection.executemany(
            "insert into intermediate.int_revenue values (?, 'recurring', ?, ?, ?, ?, ?, 'EUR', ?)",
            [
                (account, payment.amount, *payment[1:], payment.amount)
                for account, payments_of_account in payments.items()
                for payment in payments_of_account
            ],
        )
        for model in CHAIN:
            connection.execute(f"create or replace table intermediate.{model} as {models[model]}")
        customers = connection.sql("select account_id, tenure_months, is_active from intermediate.int_customers")
        cohorts = connection.sql("""
            select source, recurring_revenue / first_revenue as nrr, kept_revenue / first_revenue as grr
            from intermediate.int_cohort_recurring_revenue order by source, month_number
        """).fetchall()
        kept = {account: [row[1:] for row in cohorts if row[0] == account] for account in wins}
        return {row[0]: row[1:] for row in customers.fetchall()}, kept

    return run


@properties
@given(drawn=payers)
def test_who_pays_without_a_break_keeps_all_recurring_revenue(months_paid, drawn):
    wins, payments = {}, {}
    for number, (first, period, days_to_win, late, _) in enumerate(drawn):
        dates = payment_dates(first, period, late, 70)
        payments[f"a{number}"] = [Payment(100, day) for day in dates if day <= AS_OF]
        wins[f"a{number}"] = first + timedelta(days_to_win)
    customers, kept = months_paid(wins, payments)
    for account in wins:
        tenure, is_active = customers[account]
        assert is_active and len(kept[account]) in (tenure, tenure + 1), account
        assert all(month == pytest.approx((1, 1)) for month in kept[account]), (account, payments[account])


@properties
@given(drawn=payers)
def test_who_leaves_keeps_nothing_from_the_first_month_not_paid_for(months_paid, drawn):
    wins, payments, paid = {}, {}, {}
    for number, (first, period, days_to_win, late, count) in enumerate(drawn):
        years = [months_after(day, -36) for day in payment_dates(first, period, late, min(count, 1 + 24 // period))]
        payments[f"a{number}"] = [Payment(100, day) for day in years]
        paid[f"a{number}"] = len(years) * period
        wins[f"a{number}"] = years[0] + timedelta(min(days_to_win, 20))
    customers, kept = months_paid(wins, payments)
    for account in wins:
        assert not customers[account][1]
        ones, rest = kept[account][: paid[account]], kept[account][paid[account] :]
        assert all(month == pytest.approx((1, 1)) for month in ones), (account, payments[account])
        assert rest and not any(map(any, rest)), (account, payments[account])


def paid(amount: float, first: date, period: int, count: int, **given: Any) -> list[Payment]:
    """Payments every so many months."""
    return [Payment(amount, months_after(first, period * number), **given) for number in range(count)]


YEAR_OF_ANOTHER = paid(1200, date(2023, 2, 10), 12, 4)
JANUARY = date(2025, 1, 1)
USE = [57, 112, 64, 93, 57, 140, 71, 112, 88, 64, 101, 95]
# Payments, months of recurring revenue from the first payment on, and when the customer counts as lost.
SITUATIONS: dict[str, tuple[list[Payment], list[float], date | None]] = {
    "an upgrade in mid-year is for the rest of the year": (
        [Payment(1200, date(2025, 3, 1)), Payment(300, date(2025, 6, 1))],
        [100] * 3 + [100 + 300 / 9] * 9,
        date(2026, 3, 18),
    ),
    "a renewal at the new price follows the upgrade": (
        [Payment(1200, date(2024, 3, 1)), Payment(900, date(2024, 6, 1)), Payment(2400, date(2025, 3, 1))],
        [100] * 3 + [200] * 21,
        date(2026, 3, 18),
    ),
    "an upgrade before the renewal of a lost customer": (
        [Payment(1200, date(2024, 3, 1)), Payment(300, date(2024, 6, 1))],
        [100] * 3 + [100 + 300 / 9] * 9,
        date(2025, 3, 18),
    ),
    "from monthly to yearly": (
        [*paid(100, JANUARY, 1, 6), Payment(1000, date(2025, 7, 1))],
        [100] * 6 + [1000 / 12] * 9,
        None,
    ),
    "from monthly to yearly, twice, at a new price": (
        [*paid(100, date(2024, 1, 1), 1, 6), Payment(1000, date(2024, 7, 1)), Payment(1100, date(2025, 7, 1))],
        [100] * 6 + [1000 / 12] * 12 + [1100 / 12] * 9,
        None,
    ),
    "from yearly to monthly": (
        [Payment(1200, date(2024, 1, 1)), *paid(110, JANUARY, 1, 6)],
        [100] * 12 + [110] * 6,
        date(2025, 7, 16),
    ),
    "from two years to monthly, with one payment so far": (
        [*paid(1200, date(2024, 3, 20), 12, 2), Payment(100, date(2026, 3, 20))],
        [100] * 25,
        None,
    ),
    "from monthly to quarterly": (
        [*paid(100, JANUARY, 1, 3), *paid(270, date(2025, 4, 1), 3, 2)],
        [100] * 3 + [90] * 6,
        date(2025, 10, 16),
    ),
    "a yearly fee beside a monthly one": (
        [*paid(1200, JANUARY, 12, 2), *paid(100, JANUARY, 1, 15)],
        [200] * 15,
        None,
    ),
    "a yearly fee beside a monthly one that stops": (
        [*paid(1200, JANUARY, 12, 2), *paid(100, JANUARY, 1, 10)],
        [200] * 10 + [100] * 5,
        None,
    ),
    "the first yearly fee beside a monthly one": (
        [Payment(1500, JANUARY), *paid(100, JANUARY, 1, 10)],
        [225] * 10 + [125] * 2,
        date(2026, 1, 15),
    ),
    "a yearly fee some days after a monthly one": (
        [*paid(1200, date(2025, 1, 10), 12, 2), *paid(100, JANUARY, 1, 15)],
        [200] * 15,
        None,
    ),
    "a yearly fee that rises beside a monthly one": (
        [Payment(1200, JANUARY), Payment(1260, date(2026, 1, 1)), *paid(100, JANUARY, 1, 15)],
        [200] * 12 + [205] * 3,
        None,
    ),
    "a quarter beside a year": (
        [*paid(1200, JANUARY, 12, 2), *paid(300, JANUARY, 3, 5)],
        [200] * 15,
        None,
    ),
    "a quarter beside a year, at other times": (
        [*paid(1000, date(2024, 3, 1), 12, 2), *paid(300, date(2024, 1, 15), 3, 8)],
        [100] + [100 + 1000 / 12] * 23 + [1000 / 12] * 1,
        date(2026, 3, 18),
    ),
    "two monthly series on two days": (
        [*paid(100, JANUARY, 1, 15), *paid(50, date(2025, 1, 20), 1, 15)],
        [100] + [150] * 14,
        None,
    ),
    "new prices": (
        [*paid(100, JANUARY, 1, 5), *paid(120, date(2025, 6, 3), 1, 5), *paid(90, date(2025, 10, 30), 1, 6)],
        [100] * 5 + [120] * 5 + [90] * 5,
        None,
    ),
    "a new price, paid once": ([*paid(100, JANUARY, 1, 14), Payment(130, date(2026, 3, 1))], [100] * 14 + [130], None),
    "prices that rise every year": (
        [Payment(1000, date(2023, 1, 5)), Payment(1100, date(2024, 1, 9)), Payment(1210, date(2025, 1, 3))],
        [1000 / 12] * 12 + [1100 / 12] * 12 + [1210 / 12] * 12,
        date(2026, 1, 17),
    ),
    "a pause of half a year": (
        [*paid(100, JANUARY, 1, 3), *paid(100, date(2025, 10, 1), 1, 6)],
        [100] * 3 + [0] * 6 + [100] * 6,
        None,
    ),
    "a pause after two payments": (
        [*paid(100, JANUARY, 1, 2), *paid(100, date(2025, 9, 1), 1, 2)],
        [100] * 2 + [0] * 6 + [100] * 2,
        date(2025, 11, 15),
    ),
    "back at another price": (
        [*paid(100, JANUARY, 1, 3), *paid(80, date(2025, 10, 1), 1, 6)],
        [100] * 3 + [0] * 6 + [80] * 6,
        None,
    ),
    "weeks": (
        [Payment(25, JANUARY + timedelta(7 * week)) for week in range(20)],
        [25 * 365.25 / 12 / 7] * 5,
        date(2025, 6, 28),
    ),
    "several payments of a day": (paid(40, JANUARY, 1, 15) * 2 + paid(20, JANUARY, 1, 15), [100] * 15, None),
    "bills by use": (
        [Payment(a, d.day) for a, d in zip(USE, paid(0, JANUARY, 1, 12), strict=True)],
        USE,
        date(2026, 1, 15),
    ),
    "bills by use beside a yearly fee": (
        [*[Payment(a, d.day) for a, d in zip(USE, paid(0, JANUARY, 1, 12), strict=True)], Payment(1800, JANUARY)],
        [amount + 150 for amount in USE],
        date(2026, 1, 15),
    ),
    "subscriptions apart": (
        [*paid(100, JANUARY, 1, 15, subscription="a"), *paid(100, date(2025, 1, 16), 1, 14, subscription="b")],
        [200] * 14 + [200],
        None,
    ),
    "a subscription from monthly to yearly": (
        [*paid(100, JANUARY, 1, 6, subscription="a"), Payment(1000, date(2025, 7, 1), "a")],
        [100] * 6 + [1000 / 12] * 9,
        None,
    ),
    "a first year in a subscription of its own": (
        [*paid(100, JANUARY, 1, 15, subscription="a"), Payment(1500, JANUARY, "b")],
        [225] * 12 + [100] * 3,
        None,
    ),
    "given years": (
        [
            Payment(600, JANUARY, "a", JANUARY, date(2027, 1, 1)),
            Payment(600, date(2025, 2, 1), "a", date(2025, 2, 1), date(2025, 7, 31)),
        ],
        [25] + [125] * 6 + [25] * 8,
        None,
    ),
    "a given period that is to come": (
        [Payment(1200, date(2025, 1, 15), None, date(2025, 2, 1), date(2026, 2, 1))],
        [100] * 12,
        date(2026, 2, 15),
    ),
    "given months, with a credit on an upgrade": (
        [
            Payment(100, JANUARY, "a", JANUARY, date(2025, 2, 1)),
            Payment(-50, date(2025, 1, 16), "a", date(2025, 1, 16), date(2025, 2, 1)),
            Payment(75, date(2025, 1, 16), "a", date(2025, 1, 16), date(2025, 2, 1)),
            Payment(150, date(2025, 2, 1), "a", date(2025, 2, 1), date(2025, 3, 1)),
        ],
        [147.5, 150],
        date(2025, 3, 18),
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_payment_is_for_its_own_period(months_paid, connection, situation):
    payments, expected, churned_on = SITUATIONS[situation]
    wins = {"a": min(payment.day for payment in payments), "another": date(2023, 2, 10)}
    months_paid(wins, {"a": payments, "another": YEAR_OF_ANOTHER})
    found = dict(
        connection.sql(
            "select month_number, recurring_revenue from intermediate.int_recurring_months where account_id = 'a'"
        ).fetchall()
    )
    months = [float(found.get(month, 0)) for month in range(max(found) + 1)]
    assert months == pytest.approx(expected, rel=0.02), connection.sql(
        "select * from intermediate.int_recurring_payments where account_id = 'a' order by revenue_on"
    )
    assert connection.sql("select churned_on from intermediate.int_customers where account_id = 'a'").fetchall() == [
        (churned_on,)
    ]


@properties
@given(
    st.dates(date(2021, 1, 1), date(2022, 12, 31)),
    st.sampled_from([1, 3]),
    st.lists(st.integers(-3, 6), min_size=3, max_size=3),
    st.tuples(st.integers(2, 6), st.integers(4, 12)),
)
def test_who_comes_back_is_neither_active_nor_paying_in_the_gap(months_paid, connection, first, period, late, counts):
    """Months between the spells are no months of the customer."""
    before, gap = counts[0], period * counts[1]
    back_on = months_after(first, period * before + gap)
    assume(any(day <= AS_OF for day in payment_dates(back_on, period, late, 1)))
    days = payment_dates(first, period, late, before) + [
        day for day in payment_dates(back_on, period, late, 60) if day <= AS_OF
    ]
    customers, kept = months_paid({"a": first}, {"a": [Payment(100, day) for day in days]})
    nrr = [month[0] for month in kept["a"]]
    returned = period * before + gap
    assert nrr[: period * before] == pytest.approx([1] * (period * before))
    assert not any(nrr[period * before : returned])
    assert nrr[returned:] == pytest.approx([1] * (len(nrr) - returned))
    ((start, lost, back),) = connection.sql(
        "select start_month, churn_month, return_month from intermediate.int_customer_spells"
        " where return_month is not null"
    ).fetchall()
    assert (start, back) == (0, returned) and period * before <= lost + 1 and lost <= period * before + 2
    tenure, is_active = customers["a"]
    assert is_active and tenure + back - lost in (len(nrr), len(nrr) - 1)


@properties
@given(
    st.dates(date(2023, 1, 1), date(2023, 12, 31)),
    st.lists(st.tuples(st.sampled_from([1, 3, 12]), st.integers(0, 27), st.integers(1, 9)), min_size=2, max_size=3),
)
def test_what_is_paid_beside_each_other_adds_up(months_paid, connection, first, series):
    """Series of other amounts and periods, each from its own day of the first month on."""
    payments = [
        payment
        for number, (period, day, amount) in enumerate(series)
        for payment in paid((100 * amount + number) * period, first + timedelta(day if number else 0), period, 39)
        if payment.day <= AS_OF
    ]
    months_paid({"a": first}, {"a": payments})
    found = connection.sql("select recurring_revenue from intermediate.int_recurring_months order by month_number")
    monthly = [float(month) for (month,) in found.fetchall()]
    assert monthly[1:] == pytest.approx(
        [sum(100 * amount + n for n, (*_, amount) in enumerate(series))] * len(monthly[1:])
    )
    assert connection.sql("select is_active from intermediate.int_customers").fetchall() == [(True,)]


@pytest.mark.parametrize("payments_before_the_win", [0, 1, 10, 12])
def test_payments_before_the_win_are_in_the_months_of_the_customer(
    months_paid, connection, models, payments_before_the_win
):
    """100 a month for thirteen months, 70 of margin: 2520 in 36 months, and a CAC of 200 is back in the third."""
    counts = (
        *("customers", "maturity_share", "is_mature", "expected_customers", "expected_customers_low"),
        *("expected_customers_high", "cac_if_unclear_shared", "cac_basis", "cac_investment", "cac_customers"),
        *("cac_maturity_share", "cac_calendar", "cac_calendar_low", "cac_calendar_high"),
    )
    days = [months_after(date(2025, 3, 15), number) for number in range(13)]
    months_paid({"a": days[payments_before_the_win]}, {"a": [Payment(100, day) for day in days]})
    for table in (
        "intermediate.int_customer_shares as select 'a' as account_id, 'linear' as attribution_model, 'a' as source,"
        " 1.0 as share",
        "marts.source_acquisition as select 'a' as source, 'linear' as attribution_model, 200 as investment,"
        f" {', '.join(f'1 as {column}' for column in counts)}, 200 as cac, 200 as cac_low, 200 as cac_high",
    ):
        connection.execute(f"create or replace table {table}")
    for model in WORTH:
        connection.execute(f"create or replace table intermediate.{model} as {models[model]}")
    found = connection.sql(
        f"select projected_ltv, payback_months, nrr, grr, churn_rate from ({models['fct_source_cac_ltv']})"
    ).fetchall()
    assert found == [pytest.approx((2520, 3, 1, 1, 0))]
