"""The asset checks show the results of the release, and the rows that explain them."""

import json
import re
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import yaml

from orchestration.config.settings import read_settings
from orchestration.config.vars import project_vars
from orchestration.release.check_words import TEXTS, figure_text
from orchestration.release.checks import CHECKS, Check, alarms, build_checks, evaluate
from tests.contract_tables import contracts, create_marts

RULE_CREDITS = [
    name for name in contracts()["fct_attribution"] if name.startswith("credit_") and name != "credit_markov"
]
MARTS = {
    "tracking_coverage": """
        select date '2026-03-31' as window_end, * from (values
            ('all', 'window', 10, 3, 0.3),
            ('owner', 'Ann', 4, 3, 0.75),
            ('owner', 'Bob', 6, 0, 0.0)
        ) t(dimension, value, leads, unclear_leads, unclear_share)
    """,
    "pipeline_concentration": """
        select
            date '2026-03-31' as window_end, 'webinar' as source, 100.0 as pipeline, 1.0 as pipeline_share,
            1.0 as herfindahl
    """,
    "fct_investment_daily": """
        select date '2026-03-01' as date, 'google_ads_search' as source, 'ad_spend' as cost_type, i * 1.5 as amount
        from range(30) t(i)
    """,
    "quarantined_amounts": """
        select * from (values
            ('ad_spend', 'a', 'JPY', 700.0),
            ('ad_spend', 'b', 'JPY', 77.0),
            ('costs', 'c', 'CHF', 5.0),
            ('revenue', 'd', 'SEK', 9.0)
        ) t(entity, row_id, original_currency, original_amount)
    """,
    "fct_attribution": f"""
        select conversion_id, {", ".join(f"credit as {name}" for name in RULE_CREDITS)}, markov as credit_markov
        from (values ('whole', 0.5, 1), ('whole', 0.5, 0), ('short', 0.9, 1), ('null', null, 1))
            t(conversion_id, credit, markov)
    """,
    "fct_custom_attribution": None,
    "load_ledger": """
        select * from (values
            ('crm', 'leads', 'good.csv', 10, 10, 0, 0, 0, 0),
            ('crm', 'leads', 'old.csv', 10, 10, 0, null, null, null),
            ('crm', 'leads', 'lost|rows.csv', 10, 7, 2, 1, 2, 1),
            ('ads', 'costs', 'bills.csv', 10, 10, 0, 2, 6, 0)
        ) t(feed, entity, file, rows_read, rows_accepted, rows_rejected, keys_repeated, rows_repeated, rows_superseded)
    """,
    "row_conservation": """
        select * from (values
            ('crm', 'leads', 20, 18, 2),
            ('ads', 'ad_spend', 10, 8, 1)
        ) t(feed, entity, rows_read, rows_in_raw, rows_rejected)
    """,
    "sla_compliance": """
        select date '2026-03-31' as window_end, * from (values
            ('team', 'callers', 6, 4, 1, 0.8, 300.4),
            ('team', 'closers', 5, 0, 0, 0.0, 10.0),
            ('all', 'window', 11, 4, 1, 0.4, 120.0)
        ) t(dimension, value, leads, missed, unanswered, missed_share, median_first_response_minutes)
    """,
    "fct_source_cac_ltv": """
        select * from (values
            ('meta_ads', 'w_shaped', 9000, 6.0, 1500, 750, 0.5, 0.2, 0.9),
            ('webinar', 'w_shaped', 9000, 6.0, 1500, 9000, 6.0, 4.0, 9.0),
            ('podcast', 'w_shaped', 9000, 1.0, 9000, 750, 0.1, 0.0, 9.0),
            ('cold_call', 'linear', 9000, 6.0, 1500, 750, 0.5, 0.2, 0.9)
        ) t(
            source, attribution_model, investment, customers, cac, projected_ltv, ltv_cac_ratio, ltv_cac_low,
            ltv_cac_high
        )
    """,
    "portfolio_balance": """
        select * from (values
            (date '2026-01-01', 'core', 3, 0.9, 0.8, 0.7),
            (date '2026-01-01', 'growing', 0, 0.0, 0.0, 0.2)
        ) t(quarter, portfolio_class, sources, investment_share, lead_share, target_share)
    """,
    "source_portfolio": """
        select * from (values
            (date '2025-10-01', 'webinar', true),
            (date '2025-10-01', 'podcast', true),
            (date '2026-01-01', 'webinar', false)
        ) t(quarter, source, is_new_source)
    """,
    "feed_volume": """
        select * from (values
            ('standard', 'leads', date '2026-03-30', 0, 100.0, 10.0),
            ('standard', 'leads', date '2026-03-29', 120, 100.0, 2.0)
        ) t(feed, entity, date, row_count, usual_rows, robust_z_score)
    """,
    "feed_freshness": """
        select * from (values
            ('hubspot', 'contact', date '2026-03-25', 7, 1.0, 7.0),
            ('standard', 'costs', date '2026-03-01', 31, 31.0, 1.0)
        ) t(feed, entity, newest_load_on, staleness_days, usual_gap_days, staleness_ratio)
    """,
    "check_results": """
        select * from (values
            ('lead_source_coverage', false, 'WARN', 0.3, 0.1, timestamp '2026-04-01'),
            ('pipeline_concentration', true, 'WARN', 0.4, 0.5, '2026-04-01'),
            ('spend_conserved', true, 'ERROR', 0, 0, '2026-04-01'),
            ('credit_conserved', false, 'ERROR', 2, 0, '2026-04-01'),
            ('rows_conserved', null, 'ERROR', null, 0, '2026-04-01'),
            ('ltv_cac_floor', true, 'WARN', null, 3, '2026-04-01')
        ) t(check_name, passed, severity, figure, threshold, evaluated_at)
    """,
}
VARS = {
    "audit_window_days": 90,
    "credit_tolerance": 1e-9,
    "default_attribution_model": "w_shaped",
    "ltv_cac_healthy": 3,
    "ltv_cac_min_customers": 5,
    "feed_volume_max_z_score": 5,
    "feed_freshness_max_staleness": 2,
}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_marts(connection, MARTS)
    return path


def check(name: str) -> Check:
    return next(check for check in CHECKS if check.name == name)


def rows(result: dg.AssetCheckResult) -> str:
    return str(result.metadata["offenders"].value)


def test_the_names_are_the_public_ones():
    names = (
        "lead_source_coverage pipeline_concentration spend_conserved credit_conserved rows_conserved rejected_share"
        " keys_repeat_within_a_file sla_compliance"
        " ltv_cac_floor portfolio_balance new_source_each_quarter feed_volume feed_freshness"
    )
    assert [check.name for check in CHECKS] == names.split()


@pytest.mark.parametrize(
    ("name", "passed", "severity"),
    [
        ("lead_source_coverage", False, dg.AssetCheckSeverity.WARN),
        ("pipeline_concentration", True, dg.AssetCheckSeverity.WARN),
        ("spend_conserved", True, dg.AssetCheckSeverity.ERROR),
        ("credit_conserved", False, dg.AssetCheckSeverity.ERROR),
        # A result that is null, or missing, is not a passed one.
        ("rows_conserved", False, dg.AssetCheckSeverity.ERROR),
        ("rejected_share", False, dg.AssetCheckSeverity.ERROR),
        ("sla_compliance", False, dg.AssetCheckSeverity.ERROR),
    ],
)
def test_the_result_is_that_of_the_release(published: Path, name: str, passed: bool, severity: dg.AssetCheckSeverity):
    result = evaluate(check(name), published, VARS)
    assert (result.passed, result.severity) == (passed, severity)
    assert result.check_name == name
    assert result.asset_key == dg.AssetKey(["marts", check(name).mart])


def test_figure_and_threshold_are_shown(published: Path):
    metadata = evaluate(check("lead_source_coverage"), published, VARS).metadata
    assert (metadata["figure"].value, metadata["threshold"].value) == (0.3, 0.1)


def test_a_check_without_anything_to_measure_says_so(published: Path):
    result = evaluate(check("ltv_cac_floor"), published, VARS)
    assert (result.passed, result.description) == (True, "ltv_cac_floor: no data")
    assert result.metadata["figure"].value == "no data"
    assert evaluate(check("pipeline_concentration"), published, VARS).description is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "lead_source_coverage",
            "30% of the leads of the last 90 days have no clear source; the threshold is 10%. Behind it: Ann 75%",
        ),
        ("pipeline_concentration", None),
        ("credit_conserved", "Conversions whose credits do not sum to 1: 2. Behind it: null, short"),
        ("rows_conserved", "Rows were lost while loading? The release has no figure to tell."),
    ],
)
def test_a_failed_check_says_what_is_wrong_and_who_is_behind_it(published: Path, name: str, said: str | None):
    result = evaluate(check(name), published, VARS)
    assert result.description == said
    assert ("what to do" in result.metadata) is bool(said)


@pytest.mark.parametrize(
    ("name", "behind"),
    [
        ("spend_conserved", "no exchange rate for 777 JPY of ad_spend, no exchange rate for 5 CHF of costs"),
        ("rows_conserved", "ads/ad_spend 1, crm/leads 1"),
        ("sla_compliance", "callers 80%"),
        ("ltv_cac_floor", "meta_ads 0.5 (0.2 to 0.9)"),
        ("portfolio_balance", "core 90% instead of 70% in 2026-Q1, growing 0% instead of 20% in 2026-Q1"),
        ("new_source_each_quarter", "podcast, webinar in 2025-Q4"),
        ("feed_volume", "standard/leads had 0 rows on 2026-03-30, usually 100"),
        ("feed_freshness", "hubspot/contact silent for 7 days, usually 1"),
    ],
)
def test_alarms_name_the_first_rows_behind_them_in_words(published: Path, name: str, behind: str):
    with duckdb.connect(str(published)) as connection:
        connection.execute(f"delete from marts.check_results where check_name = '{name}'")
        connection.execute(f"""
            insert into marts.check_results by name
            select '{name}' as check_name, false as passed, 'WARN' as severity, 0.5 as figure, 0.25 as threshold
        """)
        (alarm,) = [alarm for alarm in alarms(connection, VARS) if alarm.check == name]
    assert alarm.says.endswith(f" Behind it: {behind}")
    assert alarm.remedy


def test_the_quarter_that_runs_is_not_blamed(published: Path):
    """The figure is that of the last whole quarter."""
    with duckdb.connect(str(published)) as connection:
        connection.execute("""
            insert into marts.portfolio_balance by name
            select date '2026-04-01' as quarter, 'core' as portfolio_class, 1 as sources, 0.1 as investment_share,
                0.7 as target_share
        """)
    first = rows(evaluate(check("portfolio_balance"), published, VARS)).splitlines()[2]
    assert first.startswith("| 2026-01-01 | core |")


def test_names_in_alarms_cannot_steer_a_terminal_and_long_lists_end_in_dots(published: Path):
    with duckdb.connect(str(published)) as connection:
        connection.execute("""
            insert into marts.tracking_coverage by name
            select date '2026-03-31' as window_end, 'owner' as dimension, 9 as leads, 8 - i as unclear_leads,
                0.5 as unclear_share, case i when 0 then chr(27) || '[2J{x}' else 'o' || i end as value
            from range(4) t(i)
        """)
        said = next(alarm.says for alarm in alarms(connection, VARS) if alarm.check == "lead_source_coverage")
    assert said.endswith("Behind it:  [2J{x} 50%, o1 50%, o2 50%, ...")


@pytest.mark.parametrize(
    ("value", "is_share", "shown"),
    [
        (None, False, "no data"), (0, False, "0"), (1200, False, "1,200"), (7.058, False, "7.06"),
        (0.004999, False, "0.005"), (0.2, True, "20%"), (0.3694, True, "36.9%"), (1, True, "100%"),
    ],
)  # fmt: skip
def test_figures_are_written_as_people_do(value: float | None, is_share: bool, shown: str):
    assert figure_text(value, is_share) == shown


def test_every_check_has_its_texts_in_both_languages():
    texts = yaml.safe_load(TEXTS.read_text())
    assert list(texts) == [f"check.{each.name}{part}" for each in CHECKS for part in ("", ".is", ".remedy")]
    assert all(words.keys() == {"en", "fr"} and all(words.values()) for words in texts.values())
    known = {*project_vars(), "figure", "threshold"}
    assert {name for words in texts.values() for name in re.findall(r"{(\w+)}", str(words))} <= known


def test_the_rows_name_the_offenders_and_nobody_else(published: Path):
    coverage = rows(evaluate(check("lead_source_coverage"), published, VARS))
    assert "Ann" in coverage
    assert "Bob" not in coverage
    credit = rows(evaluate(check("credit_conserved"), published, VARS))
    assert "short" in credit
    assert "null" in credit
    assert "whole" not in credit
    ledger = rows(evaluate(check("rows_conserved"), published, VARS))
    assert ledger.splitlines()[2:] == [
        "| ads | ad_spend |  | 10 | 8 | 1 | 1 |",
        "| crm | leads | lost\\|rows.csv | 10 | 7 | 2 | 1 |",
    ]
    assert "good.csv" not in ledger
    repeats = rows(evaluate(check("keys_repeat_within_a_file"), published, VARS))
    assert repeats.splitlines()[2:] == [
        "| crm | leads | lost\\|rows.csv | 1 | 2 | 1 |",
        "| ads | costs | bills.csv | 2 | 6 | 0 |",
    ]
    spend = rows(evaluate(check("spend_conserved"), published, VARS)).splitlines()
    assert spend[2:] == [
        "| no exchange rate | ad_spend | JPY | 2 | 777 |",
        "| no exchange rate | costs | CHF | 1 | 5 |",
        "| google_ads_search | ad_spend | reporting | 30 | 652.5 |",
    ]
    slas = rows(evaluate(check("sla_compliance"), published, VARS)).splitlines()
    assert slas[2:] == [
        "| all | window | 11 | 4 | 1 | 0.4 | 120.0 |",
        "| team | callers | 6 | 4 | 1 | 0.8 | 300.0 |",
    ]


def test_the_rows_of_decisions_name_the_offenders_and_nobody_else(published: Path):
    floor = rows(evaluate(check("ltv_cac_floor"), published, VARS)).splitlines()
    assert floor[2:] == ["| meta_ads | 9000 | 6.0 | 1500.0 | 750.0 | 0.5 | 0.2 | 0.9 |"]
    volume = rows(evaluate(check("feed_volume"), published, VARS))
    assert "2026-03-30" in volume
    assert "2026-03-29" not in volume
    fresh = rows(evaluate(check("feed_freshness"), published, VARS)).splitlines()
    assert fresh[2:] == ["| hubspot | contact | 2026-03-25 | 7 | 1.0 |"]
    new = rows(evaluate(check("new_source_each_quarter"), published, VARS)).splitlines()
    assert new[2:] == ["| 2026-01-01 |  |", "| 2025-10-01 | podcast, webinar |"]
    balance = rows(evaluate(check("portfolio_balance"), published, VARS)).splitlines()
    assert balance[2:] == [
        "| 2026-01-01 | core | 3 | 0.9 | 0.8 | 0.7 |",
        "| 2026-01-01 | growing | 0 | 0.0 | 0.0 | 0.2 |",
    ]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {},
            {
                "lead_source_coverage": "more than 10% of",
                "ltv_cac_floor": "under 3 for",
                "portfolio_balance": "(core 70%, growing 20%, experimental 10%)",
                "feed_freshness": "more than 2 times",
            },
        ),
        (
            {
                "unclear_share_threshold": 0.125,
                "ltv_cac_healthy": 4.5,
                "portfolio_target_shares": {"core": 0.5, "growing": 0.25, "experimental": 0.25},
                "feed_freshness_max_staleness": 9,
            },
            {
                "lead_source_coverage": "more than 12.5% of",
                "ltv_cac_floor": "under 4.5 for",
                "portfolio_balance": "(core 50%, growing 25%, experimental 25%)",
                "feed_freshness": "more than 9 times",
            },
        ),
    ],
)
def test_the_texts_state_the_thresholds_that_are_set(variables: dict[str, object], expected: dict[str, str]):
    settings = read_settings({"LSW_VARS": json.dumps(variables)})
    texts = {spec.name: spec.description or "" for spec in build_checks(settings).check_specs}
    assert texts.keys() == {check.name for check in CHECKS}
    assert not any("{" in text for text in texts.values())
    for name, text in expected.items():
        assert text in texts[name]


def test_credits_of_custom_models_are_shown_too(published: Path):
    with duckdb.connect(str(published)) as connection:
        connection.execute("""
            insert into marts.fct_custom_attribution by name
            select 'whole' as conversion_id, 'j_shaped' as attribution_model, 0.4 as credit from range(2)
        """)
    header, _, *offenders = rows(evaluate(check("credit_conserved"), published, VARS)).splitlines()
    assert header.endswith(" credit_j_shaped |")
    assert [line for line in offenders if "whole" in line and line.endswith(" 0.8 |")]


def test_a_long_list_is_cut_and_says_so(published: Path):
    with duckdb.connect(str(published)) as connection:
        connection.execute(
            "insert into marts.fct_attribution by name"
            " select 'bad' || i as conversion_id, 0.1 as credit_linear from range(100) t(i)"
        )
    assert rows(evaluate(check("credit_conserved"), published, VARS)).endswith("and 82 more")


def test_every_mart_empty_is_no_crash(published: Path):
    with duckdb.connect(str(published)) as connection:
        for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            connection.execute(f"delete from marts.{table}")
    for each in CHECKS:
        result = evaluate(each, published, VARS)
        assert not result.passed
        assert rows(result) == "None."
