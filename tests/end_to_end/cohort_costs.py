"""What a customer costs, a second time: from conversions, credits and spend alone, without the project's SQL."""

import math
from collections import Counter
from datetime import date
from typing import NamedTuple

import duckdb

SHRINKAGE = 20
MATURE = 0.9
WINDOW_MONTHS = 12


class Cost(NamedTuple):
    """Spend by which a source is judged, as far as it has matured, and the customers it won."""

    spend: float
    customers: float


def month_number(day: date) -> int:
    return 12 * day.year + day.month


def judged_costs(connection: duckdb.DuckDBPyConnection, model: str, known_before: date) -> dict[str, Cost]:
    """Of each source with anything in the year up to the first day of a month, by its newest mature months of leads."""
    now = month_number(known_before)
    conversions = connection.execute(f"""
        select source, conversion_type, conversion_at::date, coalesce(leads.created_at, conversion_at)::date,
            sum(credit_{model})::double
        from marts.fct_attribution
        inner join marts.fct_conversions using (conversion_id, conversion_type, conversion_at)
        left join marts.fct_leads as leads using (lead_id)
        group by all
    """).fetchall()
    spent = connection.execute("select source, date, sum(amount)::double from marts.fct_investment_daily group by all")
    spend: Counter[tuple[str, int]] = Counter()
    months: dict[str, set[int]] = {}
    for source, day, amount in spent.fetchall():
        spend[source, month_number(day)] += amount
        months.setdefault(source, set()).add(month_number(day))
    wins: list[tuple[str, int, int, float]] = []
    for source, kind, converted_on, created_on, credit in conversions:
        months.setdefault(source, set()).add(month_number(converted_on))
        if kind == "customer" and credit and month_number(converted_on) < now:
            wins.append((source, month_number(created_on), month_number(converted_on), credit))
            months[source].add(month_number(created_on))
    first = min(min(numbers) for numbers in months.values())
    found = {}
    for source, numbers in months.items():
        if not any(now - WINDOW_MONTHS <= month < now for month in numbers):
            continue
        shares = maturity(wins, source, now, now - first)
        mature = [month for month in numbers if month < now and shares[now - month] >= MATURE]
        window = range(max(mature) - WINDOW_MONTHS + 1, max(mature) + 1) if mature else range(0)
        cost = sum(
            spend[source, month] * shares[now - month] for month in window if month < now and now - month in shares
        )
        if cost > 0:
            found[source] = Cost(
                cost, sum(credit for name, month, _, credit in wins if name == source and month in window)
            )
            continue
        before = now - WINDOW_MONTHS
        grown = {month: shares[now - month] - shares.get(before - month, 0) for month in numbers if month < now}
        won = sum(credit for name, _, month, credit in wins if name == source and month >= before)
        found[source] = Cost(sum(spend[source, month] * share for month, share in grown.items()), won)
    return found


def maturity(wins: list[tuple[str, int, int, float]], source: str, now: int, oldest: int) -> dict[int, float]:
    """By age in months, the share of a cohort's customers that has come."""
    at = {own: Counter[int]() for own in (True, False)}
    by = {own: Counter[int]() for own in (True, False)}
    for name, created, won, credit in wins:
        age, reached = max(won - created, 0) + 1, now - created
        for own in {name == source, False}:
            at[own][age] += credit
            for older in range(age, reached + 1):
                by[own][older] += credit
    weight = SHRINKAGE / sum(at[False].values())
    shares = {oldest: 1.0}
    for age in range(oldest, 0, -1):
        reached = by[True][age] + weight * by[False][age]
        share = (at[True][age] + weight * at[False][age]) / reached if reached else 0
        shares[age - 1] = shares[age] * (1 - share)
    return {age: 0.0 if math.isclose(share, 0, abs_tol=5e-10) else share for age, share in shares.items()}
