"""What customers cost and are worth: SQL against what others compute, and what must hold whatever the numbers."""

import math
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from tests.properties.conftest import LIFETIME_VALUES

properties = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
AS_OF = date(2026, 6, 28)
SETTINGS = {"as_of": str(AS_OF), "gross_margin_rate": 1, "shrinkage_ratio_customers": 5, "ltv_horizon_months": 36}
shares = st.sampled_from([1, 0.5, 0.25, 1 / 3, 0.0001])
# Months as a customer, lost or not, share, margin that came once, margin that came by the month.
customer = st.tuples(
    st.integers(0, 40), st.booleans(), shares, st.integers(-500, 900), st.sampled_from([0, 0, 10, 250, 9000, -70])
)
sources = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.lists(customer, min_size=1, max_size=12), min_size=1
)
# Refunds and credits of an ad platform may exceed its spend.
investments = st.dictionaries(st.sampled_from(["a", "b", "idle"]), st.integers(-(10**4), 10**7))
TABLES = {
    "int_customers": """
        account_id varchar, acquired_on date, customer_since date, gross_margin_rate decimal(7, 6),
        margin_to_date decimal(28, 6), first_deal_amount decimal(18, 6), tenure_months integer, is_active boolean
    """,
    "int_deals": "account_id varchar, is_first_won boolean, won_at timestamp",
    "int_revenue": "account_id varchar, kind varchar, amount decimal(18, 6), revenue_on date",
    "int_subscription_terms": """
        account_id varchar, subscription_id varchar, series varchar, way varchar, billing_months decimal(9, 2),
        renewals_before integer, paid_on date, starts_on date, due_on date, decided_on date, renewed_on date,
        amount decimal(28, 6)
    """,
    "int_customer_shares": "account_id varchar, attribution_model varchar, source varchar, share double",
    "int_investment_daily": "source varchar, amount decimal(18, 6)",
}


class Term(NamedTuple):
    """A month paid for by subscription: on which day, and whether the next one was paid."""

    number: int
    paid_on: date
    is_renewed: bool


def terms_of(tenure: int, is_lost: bool) -> list[Term]:
    """Of a customer lost after so many months, or there since so many; who was lost left a month before the end."""
    count = max(tenure, 1) if is_lost else tenure + 1
    start = AS_OF - relativedelta(months=tenure + 2 if is_lost else tenure)
    return [Term(number, start + relativedelta(months=number), number + 1 < count) for number in range(count)]


@pytest.fixture(scope="module")
def economics(connection, compile_models):
    """Rows of fct_source_cac_ltv under one model, by source, for customers per source and money per source."""
    models = compile_models(SETTINGS)
    connection.execute("""
        create or replace table intermediate.int_attribution_models as select 'linear' as attribution_model;
        create or replace table intermediate.int_source_recurring_revenue (
            attribution_model varchar, source varchar, nrr double, grr double, nrr_annualised double,
            grr_annualised double, expansion_rate double);
        create or replace table seeds.source_catalogue (source varchar, is_unclear boolean);
    """)

    def run(customers, money):
        rows = {name: [] for name in TABLES}
        for source in customers:
            for number, (tenure, is_lost, share, once, by_month) in enumerate(customers[source]):
                account, terms = f"{source}{number}", terms_of(tenure, is_lost)
                start = terms[0].paid_on
                rows["int_customers"].append((account, start, start, 1, once + by_month, 100, tenure, not is_lost))
                rows["int_deals"].append((account, True, start))
                rows["int_customer_shares"].append((account, "linear", source, share))
                payments = (
                    [(once, start, "one_off")] if by_month > 0 else [(once, start, "one_off"), (by_month, start, "")]
                )
                if by_month > 0:
                    payments += [(by_month / len(terms), term.paid_on, "recurring") for term in terms]
                    for term in terms:
                        due = term.paid_on + relativedelta(months=1)
                        rows["int_subscription_terms"].append((
                            *(account, "", "EUR", "every_1.00_months", 1, term.number),
                            *(term.paid_on, term.paid_on, due, due + timedelta(14)),
                            *(due if term.is_renewed else None, by_month / len(terms)),
                        ))  # fmt: skip
                rows["int_revenue"] += [
                    (account, kind if amount > 0 else "refund", amount, day) for amount, day, kind in payments if amount
                ]
        rows["int_investment_daily"] = list(money.items())
        for table, columns in TABLES.items():
            connection.execute(f"create or replace table intermediate.{table} ({columns})")
            if rows[table]:
                places = ", ".join("?" * len(rows[table][0]))
                connection.executemany(f"insert into intermediate.{table} values ({places})", rows[table])
        for model in LIFETIME_VALUES:
            connection.execute(f"create or replace table intermediate.{model} as {models[model]}")
        # All spend has won its customers.
        connection.execute(f"""
            create or replace table marts.source_expected_customers as
            select date '2020-01-01' as month, source, 'linear' as attribution_model, 0.0 as leads,
                coalesce(customers, 0) as customers, 1.0 as maturity_share, 0.0 as customers_to_come,
                0.0 as customers_to_come_low, 0.0 as customers_to_come_high
            from (select source, sum(share) as customers from intermediate.int_customer_shares group by source)
            full join (select distinct source from intermediate.int_investment_daily) using (source);
            create or replace table marts.source_cohorts as
            select date_trunc('quarter', date '{AS_OF}')::date as quarter, false as is_hindsight, month, source,
                attribution_model, customers, coalesce(amount, 0)::decimal(28, 10) as investment,
                0.0 as customers_before, true as is_mature, 1.0 as maturity_share, 0.0 as maturity_share_before
            from marts.source_expected_customers
            left join intermediate.int_investment_daily using (source);
            insert into seeds.source_catalogue
            select source, false from marts.source_expected_customers
            where source not in (select source from seeds.source_catalogue)
        """)
        for model in ("source_cac", "source_acquisition"):
            connection.execute(f"create or replace table marts.{model} as {models[model]}")
        found = connection.sql(f"select * from ({models['fct_source_cac_ltv']})")
        dicts = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
        return {row["source"]: row for row in dicts if row["attribution_model"] == "linear"}

    return run


def test_a_month_is_whole_when_its_day_or_the_last_day_of_the_month_is_reached(connection, compile_inline):
    """From every day of a leap year to every one: as many months as can be added without going beyond."""
    days = "unnest(generate_series(date '2027-12-26', date '2028-12-31', interval 1 day)::date[])"
    sql = compile_inline(
        "select earlier, later, {{ whole_months_between('earlier', 'later') }} from (select "
        f"{days} as earlier) cross join (select {days} as later) where earlier <= later and day(earlier) >= 26"
    )
    rows = connection.sql(sql).fetchall()
    assert len(rows) > 10_000
    for earlier, later, months in rows:
        assert earlier + relativedelta(months=months) <= later < earlier + relativedelta(months=months + 1)


def loss_chances(steps: np.ndarray, chances: np.ndarray, losses: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Chance to leave at each renewal, over all sources, by the definition in docs/definitions.md."""
    prior = 1 - 0.8 ** (1 / 12)
    likelihoods, curves = [], []
    for decline in (0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6):
        weights = 1 / (1 + decline * steps)
        likelihood = float(np.sum(losses * np.log(weights)))
        for source in np.unique(sources):
            lost = losses[sources == source].sum()
            likelihood -= lost * np.log((chances * weights)[sources == source].sum()) if lost else 0
        likelihoods.append(likelihood)
        first = (losses.sum() + prior) / ((chances * weights).sum() + 1)
        curves.append(first / (1 + decline * np.arange(73)))
    return np.average(curves, axis=0, weights=np.exp(np.array(likelihoods) - max(likelihoods)))


@properties
@given(
    drawn=st.dictionaries(
        st.sampled_from(["a", "b", "c"]),
        st.lists(st.tuples(st.integers(0, 30), st.booleans(), shares), min_size=1, max_size=12),
        min_size=1,
    )
)
def test_lifetime_values_of_subscriptions_are_those_of_a_second_implementation(economics, drawn):
    """Each pays 10 a month. A month that ends within the last fortnight is not decided yet."""
    money = {source: [(*one, 0, 10 * len(terms_of(*one[:2]))) for one in drawn[source]] for source in drawn}
    rows = economics(money, {})
    decided = np.array([
        (term.number, share, share * (not term.is_renewed), source)
        for source in drawn
        for tenure, is_lost, share in drawn[source]
        for term in terms_of(tenure, is_lost)
        if term.paid_on + relativedelta(months=1) + timedelta(14) <= AS_OF
    ], dtype=object).reshape(-1, 4)  # fmt: skip
    steps, chances, losses = decided[:, :3].astype(float).T
    loss = loss_chances(steps, chances, losses, decided[:, 3])
    expected = chances * loss[steps.astype(int)]
    customers = sum(share for source in drawn for *_, share in drawn[source])
    for source in drawn:
        own, added = decided[:, 3] == source, 5 * expected.sum() / customers
        ratio = (losses[own].sum() + added) / (expected[own].sum() + added) if expected.any() else 1
        total = 0.0
        for tenure, is_lost, share in drawn[source]:
            paid = len(terms_of(tenure, is_lost))
            stays = np.cumprod(1 - np.minimum(ratio * loss[paid - 1 :], 1))
            further = 0 if is_lost else stays[: max(36 - paid, 0)].sum()
            total += share * 10 * (min(paid, 36) + further)
        each = total / sum(share for *_, share in drawn[source])
        assert rows[source]["projected_ltv"] == pytest.approx(each, rel=1e-6), source
        assert rows[source]["ltv_subscriptions"] == rows[source]["projected_ltv"]


def test_intervals_of_rates_and_counts_are_those_of_statsmodels(connection, compile_inline):
    """Wilson's for rates; the score interval of a Poisson count for costs per something counted."""
    macros = "{{ wilson('k', 'n', '-') }}, {{ wilson('k', 'n', '+') }}, {{ count_low('k') }}, {{ count_high('k') }}"
    sql = compile_inline(f"select k, n, {macros} from drawn")
    rng = np.random.default_rng(1)
    trials = rng.integers(1, 5000, 500)
    drawn = [*np.column_stack([rng.binomial(trials, rng.random(500)), trials]).tolist(), [0, 1], [1, 1]]
    connection.execute("create or replace temp table drawn (k double, n double)")
    connection.executemany("insert into drawn values (?, ?)", drawn)
    rows = connection.sql(sql).fetchall()
    assert len(rows) == 502
    for successes, of, *ends in rows:
        rate = proportion_confint(successes, of, method="wilson")
        count = confint_poisson(successes, 1, method="score")
        assert ends == pytest.approx([*rate, *count], abs=1e-8), (successes, of)


def test_a_rate_of_nothing_has_no_interval(connection, compile_inline):
    macros = "{{ wilson('k', 'n', '-') }}, {{ wilson('k', 'n', '+') }}, {{ ratio('k', 'n') }}"
    rows = connection.sql(
        compile_inline(f"select {macros} from (values (0, 0), (0, null), (null, 5), (null, null)) as drawn (k, n)")
    ).fetchall()
    assert rows == [(None, None, None)] * 4


def test_costs_and_returns_lie_within_their_intervals(connection, compile_inline):
    """Whatever was spent or refunded, for a count that may be 0, a fraction or not known."""
    ends = ", ".join(
        f"{{{{ {macro}, '{sign}') }}}}"
        for macro in ("cost_per('cost', 'n'", "return_end('margin', 'cost', 'n', '0.4'")
        for sign in "-+"
    )
    figures = "{{ ratio('cost', 'n') }}, {{ ratio('margin - cast(cost as double)', 'cost') }}"
    drawn = "values (-50), (0), (0.01), (1200)) c (cost), (values (null), (0), (0.3), (4), (900)) n (n)"
    sql = compile_inline(
        f"select cost, n, margin, {figures}, {ends} from ({drawn}, (values (0), (70), (1e6)) m (margin)"
    )
    rows = connection.sql(sql).fetchall()
    assert len(rows) == 60
    for cost, n, margin, cost_each, roi, *bounds in rows:
        for figure, low, high in ((cost_each, *bounds[:2]), (roi, *bounds[2:])):
            known = [bound for bound in (low, figure, high) if bound is not None]
            assert known == pytest.approx(sorted(known), abs=2e-6), (cost, n, margin)
        if not n:
            assert cost_each is None
            assert None in bounds[:2]


@properties
@given(customers=sources, money=investments)
def test_every_figure_is_a_number_or_null_and_lies_within_its_interval(economics, customers, money):
    rows = economics(customers, money)
    assert rows.keys() == customers.keys() | money.keys()
    for source, row in rows.items():
        assert all(math.isfinite(value) for value in row.values() if isinstance(value, float)), row
        for name in ("cac", "projected_ltv"):
            low, high = row[f"{name}_low"], row[f"{name}_high"]
            if row[name] is not None:
                tolerance = 1e-6 + 1e-9 * abs(row[name])
                assert low is None or low <= row[name] + tolerance, row
                assert high is None or high >= row[name] - tolerance, row
        if row["ltv_cac_low"] is not None and row["ltv_cac_high"] is not None:
            assert row["ltv_cac_low"] <= row["ltv_cac_ratio"] + 1e-6
            assert row["ltv_cac_high"] >= row["ltv_cac_ratio"] * (1 - 1e-9) - 1e-6
        if source not in customers:
            unknown = "cac_low" if money[source] < 0 else "cac_high"
            assert (row["customers"], row["cac"], row[unknown], row["projected_ltv"]) == (0, None, None, None)
        elif not money.get(source):
            assert (row["cac"], row["cac_low"], row["cac_high"], row["ltv_cac_ratio"]) == (0, 0, 0, None)
        elif money[source] < 0:
            assert (row["ltv_cac_ratio"], row["ltv_cac_low"], row["ltv_cac_high"]) == (None, None, None)
        if row["projected_ltv"] is None or row["projected_ltv"] <= 0:
            assert (row["projected_ltv_low"], row["ltv_cac_low"]) == (None, None)


@properties
@given(customers=sources, money=st.integers(1, 10**6), more=st.integers(1, 10**6))
def test_more_cost_for_the_same_customers_is_a_higher_cac_and_a_longer_payback(economics, customers, money, more):
    before = economics(customers, dict.fromkeys(customers, money))
    after = economics(customers, dict.fromkeys(customers, money + more))
    for source in customers:
        cheap, expensive = before[source], after[source]
        assert expensive["cac"] > cheap["cac"]
        assert expensive["cac_low"] > cheap["cac_low"] - 1e-6 and expensive["cac_high"] > cheap["cac_high"] - 1e-6
        assert expensive["projected_ltv"] == cheap["projected_ltv"]
        if cheap["projected_ltv"] and cheap["projected_ltv"] > 0:
            assert expensive["ltv_cac_ratio"] < cheap["ltv_cac_ratio"]
        if expensive["payback_months"] is not None:
            assert cheap["payback_months"] <= expensive["payback_months"]


@properties
@given(customers=st.lists(customer, min_size=1, max_size=8), money=st.integers(1, 10**6))
def test_more_of_the_same_customers_is_more_certain(economics, customers, money):
    """Ten times as many of the same for ten times the money: the same CAC, in a narrower interval."""
    few, many = economics({"a": customers}, {"a": money})["a"], economics({"a": customers * 10}, {"a": money * 10})["a"]
    assert many["cac"] == pytest.approx(few["cac"])
    assert many["cac_high"] / many["cac_low"] < few["cac_high"] / few["cac_low"]
    if few["ltv_cac_low"] and few["ltv_cac_low"] > 0.001:  # ends are rounded, which tells on small ones
        assert many["ltv_cac_high"] / many["ltv_cac_low"] < few["ltv_cac_high"] / few["ltv_cac_low"] * (1 + 1e-6)


def test_sources_at_the_edge_have_defined_results(economics):
    """One customer; refunds over revenue; money and nobody; customers for nothing."""
    rows = economics(
        {
            "one": [(6, False, 1, 0, 700)],
            "refunded": [(6, False, 1, -900, 10)] * 5,
            "free": [(6, False, 1, 0, 700), (3, True, 1, 0, 400)],
        },
        {"one": 500, "refunded": 500, "idle": 500},
    )
    one, refunded, free, idle = (rows[source] for source in ("one", "refunded", "free", "idle"))
    # A single customer says little: its CAC may be a sixth of it, or nearly six times as much.
    assert (one["cac"], one["cac_low"], one["cac_high"]) == pytest.approx((500, 88.27, 2832.47), abs=0.01)
    assert one["ltv_cac_low"] < one["ltv_cac_ratio"] / 5 and one["ltv_cac_high"] > one["ltv_cac_ratio"] * 5
    assert refunded["projected_ltv"] < 0 and refunded["ltv_cac_ratio"] < 0
    assert refunded["projected_ltv_low"] is refunded["ltv_cac_low"] is refunded["payback_months"] is None
    assert (free["cac"], free["ltv_cac_ratio"], free["payback_months"]) == (0, None, 1)
    # Without a customer for 500, one costs at least 130: the upper bound of the count is 3.84.
    assert (idle["cac"], idle["cac_low"], idle["ltv_cac_ratio"]) == (None, pytest.approx(130.16, abs=0.01), None)
