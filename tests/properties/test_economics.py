"""What customers cost and are worth: SQL against what others compute, and what must hold whatever the numbers."""

import math

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

properties = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
shares = st.sampled_from([1, 0.5, 0.25, 1 / 3, 0.0001])
# Tenure, lost or not, share, margin that came once, margin that came by period.
customer = st.tuples(
    st.integers(0, 40), st.booleans(), shares, st.integers(-500, 900), st.sampled_from([0, 0, 10, 250, 9000, -70])
)
sources = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.lists(customer, min_size=1, max_size=12), min_size=1
)
# Refunds and credits of an ad platform may exceed its spend.
investments = st.dictionaries(st.sampled_from(["a", "b", "idle"]), st.integers(-(10**4), 10**7))
CHAIN = (
    "int_retention_curves",
    "int_source_margins",
    "int_source_lifetime_values",
    "int_source_ltv_intervals",
    "int_source_cumulated_margins",
)


@pytest.fixture(scope="module")
def economics(connection, compiled_models):
    """Rows of fct_source_cac_ltv under one model, by source, for customers per source and money per source."""
    for table, columns in {
        "intermediate.int_customers": """
            account_id varchar, margin_to_date decimal(28, 6), recurring_margin_to_date decimal(28, 6),
            first_deal_amount decimal(18, 6), active_months integer, tenure_months integer, is_active boolean
        """,
        "intermediate.int_customer_shares": (
            "account_id varchar, attribution_model varchar, source varchar, share double"
        ),
        "intermediate.int_source_recurring_revenue": (
            "attribution_model varchar, source varchar, nrr double, grr double, expansion_rate double"
        ),
        "intermediate.int_investment_daily": "source varchar, amount decimal(18, 6)",
        "seeds.source_catalogue": "source varchar, is_unclear boolean",
    }.items():
        connection.execute(f"create or replace table {table} ({columns})")
    connection.execute(
        "create or replace table intermediate.int_attribution_models as select 'linear' as attribution_model"
    )

    def run(customers, money):
        for table in (
            "intermediate.int_customers",
            "intermediate.int_customer_shares",
            "intermediate.int_investment_daily",
        ):
            connection.execute(f"delete from {table}")
        rows = [
            (f"{source}{number}", source, row) for source in customers for number, row in enumerate(customers[source])
        ]
        for account, source, (tenure, is_lost, share, once, by_period) in rows:
            active = max(tenure, 1) if is_lost else tenure + 1
            connection.execute(
                "insert into intermediate.int_customers values (?, ?, ?, 100, ?, ?, ?)",
                [account, once + by_period, by_period, active, tenure, not is_lost],
            )
            connection.execute(
                "insert into intermediate.int_customer_shares values (?, 'linear', ?, ?)", [account, source, share]
            )
        for source, amount in money.items():
            connection.execute("insert into intermediate.int_investment_daily values (?, ?)", [source, amount])
        for model in CHAIN:
            connection.execute(f"create or replace table intermediate.{model} as {compiled_models[model]}")
        # All spend has won its customers.
        connection.execute("""
            create or replace table marts.source_expected_customers as
            select date '2020-01-01' as month, source, 'linear' as attribution_model, 0.0 as leads,
                coalesce(customers, 0) as customers, 1.0 as maturity_share, 0.0 as customers_to_come,
                0.0 as customers_to_come_low, 0.0 as customers_to_come_high
            from (select source, sum(share) as customers from intermediate.int_customer_shares group by source)
            full join (select distinct source from intermediate.int_investment_daily) using (source);
            create or replace table marts.source_cohorts as
            select date_trunc('quarter', current_date)::date as quarter, month, source, attribution_model, customers,
                coalesce(amount, 0)::decimal(28, 10) as investment, 0.0 as customers_before, true as is_mature,
                1.0 as maturity_share, 0.0 as maturity_share_before
            from marts.source_expected_customers
            left join intermediate.int_investment_daily using (source);
            insert into seeds.source_catalogue
            select source, false from marts.source_expected_customers
            where source not in (select source from seeds.source_catalogue)
        """)
        for model in ("source_cac", "source_acquisition"):
            connection.execute(f"create or replace table marts.{model} as {compiled_models[model]}")
        found = connection.sql(f"select * from ({compiled_models['fct_source_cac_ltv']})")
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


@properties
@given(customers=st.lists(st.tuples(st.integers(1, 40), st.booleans(), shares), min_size=1, max_size=40))
def test_retention_is_the_kaplan_meier_of_lifelines(connection, economics, customers):
    economics({"a": [(tenure, lost, share, 0, 0) for tenure, lost, share in customers]}, {})
    curve = dict(connection.sql("select month_number, own_retention from intermediate.int_retention_curves").fetchall())
    tenures, losses, weights = (np.array(column, dtype=float) for column in zip(*customers, strict=True))
    # It asks for counts; 30,000 is what all shares divide.
    expected = KaplanMeierFitter().fit(tenures, losses, weights=np.rint(weights * 30_000).astype(int))
    for month in range(int(min(tenures.max(), 35)) + 1):
        assert curve[month] == pytest.approx(expected.predict(month), abs=1e-9), month


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
