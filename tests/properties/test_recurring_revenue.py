"""Recurring revenue by month: whoever pays without a break keeps all of it, whoever leaves keeps none."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

AS_OF = date(2026, 3, 31)
# First payment, months between payments, days from it to the win, days that payments come early or late, payments.
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
def months_paid(connection, compile_models):
    """Rows of int_customers, and of int_cohort_recurring_revenue by account, for wins and payments by account."""
    models = compile_models({"as_of": str(AS_OF), "reporting_timezone": "UTC"})
    for table, columns in {
        "intermediate.int_deals": (
            "deal_id varchar, account_id varchar, lead_id varchar, amount decimal(18, 6), is_first_won boolean,"
            " won_at timestamp"
        ),
        "intermediate.int_deal_sources": "deal_id varchar, original_source varchar",
        "intermediate.int_revenue": "account_id varchar, kind varchar, amount decimal(18, 6), revenue_on date",
        "seeds.source_settings": "source varchar, gross_margin_rate double",
    }.items():
        connection.execute(f"create or replace table {table} ({columns})")

    def run(wins: dict[str, date], payments: dict[str, list[date]]):
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
            "insert into intermediate.int_revenue values (?, 'recurring', 100, ?)",
            [(account, day) for account, days in payments.items() for day in days],
        )
        for model in ("int_billing_periods", "int_customers", "int_recurring_months", "int_cohort_recurring_revenue"):
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
        payments[f"a{number}"] = [day for day in dates if day <= AS_OF]
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
        payments[f"a{number}"], paid[f"a{number}"] = years, len(years) * period
        wins[f"a{number}"] = years[0] + timedelta(min(days_to_win, 20))
    customers, kept = months_paid(wins, payments)
    for account in wins:
        assert not customers[account][1]
        ones, rest = kept[account][: paid[account]], kept[account][paid[account] :]
        assert all(month == pytest.approx((1, 1)) for month in ones), (account, payments[account])
        assert rest and not any(map(any, rest)), (account, payments[account])
