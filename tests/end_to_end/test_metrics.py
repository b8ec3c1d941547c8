"""Metrics mean in MetricFlow and for an assistant what they mean in the marts."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import duckdb
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from orchestration.config.settings import read_settings
from orchestration.serve import metrics
from tests.end_to_end.nightly_runs import AS_OF, PROJECT_DIR, environment, land_company, run_nightly

pytestmark = pytest.mark.slowest

# Each metric by source over all time, and the SQL on the marts that gives the same.
LEADS = "from marts.source_funnel group by source"
MONTHS = "from marts.source_performance_monthly where attribution_model = 'w_shaped' group by source"
LIFETIME = "from marts.fct_source_cac_ltv where attribution_model = 'w_shaped'"
BY_SOURCE = {
    "leads": f"select source, sum(leads) {LEADS}",
    "mqls": f"select source, sum(mqls) {LEADS}",
    "sqls": f"select source, sum(sqls) {LEADS}",
    "lead_opportunities": f"select source, sum(opportunities) {LEADS}",
    "lead_customers": f"select source, sum(customers) {LEADS}",
    "lead_to_mql_rate": f"select source, sum(mqls) / sum(leads) {LEADS}",
    "lead_to_customer_rate": f"select source, sum(customers) / sum(leads) {LEADS}",
    "unclear_share": "select original_source, avg(is_source_unclear::int) from marts.fct_leads group by 1",
    "investment": f"select source, nullif(sum(investment), 0) {MONTHS}",
    "attributed_leads": f"select source, nullif(sum(leads), 0) {MONTHS}",
    "attributed_opportunities": f"select source, nullif(sum(opportunities), 0) {MONTHS}",
    "customers": f"select source, nullif(sum(customers), 0) {MONTHS}",
    "pipeline": f"select source, nullif(sum(pipeline), 0) {MONTHS}",
    "revenue": f"select source, nullif(sum(revenue), 0) {MONTHS}",
    "cpl": f"select source, nullif(sum(investment), 0) / nullif(sum(leads), 0) {MONTHS}",
    "roi": f"select source, (sum(cohort_margin) - sum(investment)) / nullif(sum(investment), 0) {MONTHS}",
    "first_deal_roi": f"select source, (sum(margin) - sum(investment)) / nullif(sum(investment), 0) {MONTHS}",
    "maturity_share": f"select source, sum(leads * maturity_share) / nullif(sum(leads), 0) {MONTHS}",
    "cohort_customers": f"select source, nullif(sum(cohort_customers), 0) {MONTHS}",
    "expected_customers": f"select source, nullif(sum(expected_customers), 0) {MONTHS}",
    "expected_cohort_cac": f"select source, sum(investment) / nullif(sum(expected_customers), 0) {MONTHS}",
    "cac_calendar": f"select source, cac_calendar {LIFETIME}",
    "cac": f"select source, cac {LIFETIME}",
    "projected_ltv": f"select source, projected_ltv {LIFETIME} and customers > 0",
    "ltv_subscriptions": f"select source, ltv_subscriptions {LIFETIME} and customers > 0",
    "ltv_purchases": f"select source, ltv_purchases {LIFETIME} and customers > 0",
    "ltv_cac_ratio": f"select source, ltv_cac_ratio {LIFETIME} and customers > 0",
    "new_customers": "select original_source, count(*) from marts.fct_customers group by 1",
    "revenue_to_date": "select original_source, sum(revenue_to_date) from marts.fct_customers group by 1",
    "realised_ltv": "select original_source, avg(margin_to_date) from marts.fct_customers group by 1",
    "opportunity_amount": "select original_source, sum(amount) from marts.fct_opportunities group by 1",
}

VERDICTS = ["decisions", "judged_decisions", "held_share", "reversed_share"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("metrics")
    land_company(home)
    assert run_nightly(home) in (0, 3)
    return home


@pytest.fixture(scope="module")
def answers(home: Path) -> dict[str, list[dict[str, Any]]]:
    """What MetricFlow answers."""
    engine = metrics.open_engine(read_settings(environment(home)))
    found = {metric: metrics.query(engine, [metric], ["source"]) for metric in BY_SOURCE}
    found["by month"] = metrics.query(engine, ["investment", "attributed_leads"], ["metric_time__month"])
    found["by model"] = metrics.query(engine, ["customers_by_model"], ["performance__attribution_model"])
    found["by verdict"] = metrics.query(engine, VERDICTS, ["decision__verdict"])
    return found


def query(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the release, attached: MetricFlow keeps it open in its own way, with which `connect` clashes."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home / 'serve/current/warehouse.duckdb'}' as release (read_only); use release")
        return connection.execute(sql).fetchall()


def without_zeros(rows: list[tuple[str, Any]]) -> dict[str, float]:
    """What is not there, and what is 0, is the same sum."""
    return {source: float(figure) for source, figure in rows if figure}


@pytest.mark.parametrize("metric", BY_SOURCE)
def test_a_metric_by_source_is_the_marts_figure(metric: str, answers: dict[str, list[dict[str, Any]]], home: Path):
    expected = without_zeros(query(home, BY_SOURCE[metric]))
    assert without_zeros([(row["source"], row[metric]) for row in answers[metric]]) == pytest.approx(expected)
    # All customers of the company pay by subscription.
    assert bool(expected) == (metric != "ltv_purchases")


def test_metrics_by_month_and_by_model_are_the_marts_figures(answers: dict[str, list[dict[str, Any]]], home: Path):
    rows = answers["by month"]
    assert [(row["metric_time__month"].date(), row["investment"], row["attributed_leads"]) for row in rows] == query(
        home,
        "select month, nullif(sum(investment), 0)::double, nullif(sum(leads), 0) from marts.source_performance_monthly"
        " where attribution_model = 'w_shaped' group by 1 having sum(investment) > 0 or sum(leads) > 0 order by 1",
    )
    found = {row["performance__attribution_model"]: row["customers_by_model"] for row in answers["by model"]}
    assert found == pytest.approx(
        dict(
            query(
                home,
                "select attribution_model, sum(customers) from marts.source_performance_monthly group by 1",
            )
        )
    )


def test_verdicts_that_held_are_those_of_verdict_accuracy(answers: dict[str, list[dict[str, Any]]], home: Path):
    found = {row["decision__verdict"]: [row[name] or 0 for name in VERDICTS] for row in answers["by verdict"]}
    columns = ", ".join(f"coalesce({name}, 0)" for name in VERDICTS)
    rows = query(home, f"select verdict, {columns} from marts.verdict_accuracy where attribution_model = 'w_shaped'")
    assert found == {verdict: pytest.approx(figures) for verdict, *figures in rows}
    assert rows


def test_intervals_are_those_of_the_marts(home: Path):
    z = read_settings(environment(home)).var("interval_z")
    shares = query(
        home,
        "select mqls, leads, lead_to_mql_rate_low, lead_to_mql_rate_high from marts.source_funnel where leads > 0",
    )
    for successes, trials, low, high in shares:
        assert metrics.share_interval(successes, trials, z) == pytest.approx((low, high), abs=1e-11)
    costs = query(
        home,
        "select cac_investment, cac_customers, cac_maturity_share, cac_low, cac_high from marts.fct_source_cac_ltv"
        " where cac_low is not null union all"
        " select investment, customers, 1, cac_calendar_low, cac_calendar_high from marts.fct_source_cac_ltv",
    )
    for cost, count, maturity, low, high in costs:
        found = metrics.cost_interval(float(cost), count, z, float(maturity))
        assert found[0] == pytest.approx(low, abs=1e-5)
        assert (found[1] is None) == (high is None)
        assert high is None or found[1] == pytest.approx(high, abs=1e-5)
    assert shares and costs


def mf(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli.query", *arguments],
        cwd=PROJECT_DIR,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_validates_and_answers(home: Path):
    done = mf(home, "validate-configs")
    assert done.returncode == 0 and "errors: 0" in done.stdout.lower(), done.stdout + done.stderr
    done = mf(home, "query", "--saved-query", "sources_by_month")
    assert done.returncode == 0 and "google_ads_search" in done.stdout, done.stdout + done.stderr


def test_without_a_release_the_remedy_is_named(tmp_path: Path):
    done = mf(tmp_path, "list", "metrics")
    assert (done.returncode, done.stdout) == (1, "")
    assert "make nightly" in done.stderr


def ask(home: Path, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What a client of the SDK gets from the server, run as an assistant runs it: an answer or an error's text."""
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "orchestration.serve.assistant"],
        cwd=PROJECT_DIR,
        env={**os.environ, **environment(home)},
    )

    async def run() -> list[Any]:
        answers: list[Any] = []
        async with Client(stdio_client(server)) as client:
            for tool, arguments in calls:
                result = await client.call_tool(tool, arguments)
                if result.is_error:
                    answers.append("".join(content.text for content in result.content))
                else:
                    content = result.structured_content
                    answers.append(content.get("result", content))
        return answers

    return anyio.run(run)


def test_an_assistant_may_use_every_dimension_that_it_is_told(home: Path):
    (listed,) = ask(home, ("list_metrics", {}))
    dimensions = {metric["metric"]: metric["dimensions"] for metric in listed}
    assert "lead__campaign" in dimensions["new_customers"]
    asked = {
        (tuple(named), dimension): metric
        for metric, named in dimensions.items()
        for dimension in named
        if not metric.endswith("_by_model")
    }
    calls = [
        ("query_metrics", {"metrics": [metric], "group_by": [dimension], "limit": 1})
        for (_, dimension), metric in asked.items()
    ]
    for call, answer in zip(calls, ask(home, *calls), strict=True):
        assert isinstance(answer, dict), (call, answer)


def test_an_assistant_is_told_which_values_there_are_not_and_which_costs_have_no_campaign(home: Path):
    campaign, customers = query(
        home,
        "select original_campaign, count(*) from marts.fct_customers join marts.fct_leads using (lead_id)"
        " where original_campaign is not null and is_active group by 1 order by 1",
    )[0]
    campaigns, deals, unpriced = ask(
        home,
        ("query_metrics", {"metrics": ["cac_calendar"], "group_by": ["campaign"]}),
        (
            "query_metrics",
            {
                "metrics": ["new_customers", "new_customers"],
                "filters": [
                    {"dimension": "lead__campaign", "values": [campaign, "no such campaign"]},
                    {"dimension": "account__is_active", "values": ["true"]},
                ],
            },
        ),
        ("query_metrics", {"metrics": ["cac"], "group_by": ["source"]}),
    )
    assert any("no campaign" in note for note in campaigns["notes"])
    assert deals["values_without_data"] == {"lead__campaign": ["no such campaign"]}
    assert deals["rows"] == [{"new_customers": customers}]
    # A source without a cost on record is not free.
    without = [row for row in unpriced["rows"] if row["cac"] is None and row["cac_low"] is None]
    assert all(row["cac_high"] is None for row in without)
    assert not [row for row in unpriced["rows"] if row["cac_low"] == 0]
    assert without


def test_an_assistant_gets_figures_with_intervals_and_clear_refusals(home: Path):
    filters = [{"dimension": "source", "values": ["webinar", "x' or '1' = '1"]}]
    models = [{"dimension": "performance__attribution_model", "values": ["linear", "w_shaped"]}]
    listed, cac, alarms, verdict, *refused = ask(
        home,
        ("list_metrics", {}),
        ("query_metrics", {"metrics": ["cac", "lead_to_mql_rate"], "group_by": ["source"], "filters": filters}),
        ("list_alarms", {}),
        ("explain_recommendation", {"source": "webinar"}),
        ("query_metrics", {"metrics": ["cca"]}),
        ("query_metrics", {"metrics": ["cac"], "group_by": ["lead__industry"]}),
        ("query_metrics", {"metrics": ["cac"], "filters": [{"dimension": "source", "values": ["{{ 1 }}"]}]}),
        ("query_metrics", {"metrics": ["cac"], "filters": [{"dimension": "source') or ('1", "values": ["1"]}]}),
        ("query_metrics", {"metrics": ["customers_by_model"], "group_by": ["source"]}),
        ("query_metrics", {"metrics": ["cac"], "since": "yesterday"}),
        ("explain_recommendation", {"source": "'; drop table marts.dim_sources; --"}),
        ("explain_recommendation", {"source": "podcast"}),
        ("query_metrics", {"metrics": ["cac; drop table x"]}),
        # Figures over all time, by whole months, and once per model.
        ("query_metrics", {"metrics": ["ltv_cac_ratio"], "group_by": ["metric_time__month"]}),
        ("query_metrics", {"metrics": ["ltv_cac_ratio"], "since": "2026-01-01", "until": "2026-12-31"}),
        ("query_metrics", {"metrics": ["cac_calendar", "roi"], "since": "2026-01-15", "until": "2026-02-10"}),
        ("query_metrics", {"metrics": ["customers_by_model"], "filters": models}),
        ("query_metrics", {"metrics": ["leads"], "since": "2026-02-01", "until": "2026-01-31"}),
        ("query_metrics", {"metrics": ["leads"], "filters": [{"dimension": "lead__created_on", "values": ["2026"]}]}),
    )
    assert {"cac", "ltv_cac_ratio"} <= {metric["metric"] for metric in listed}
    ((expected, low, high),) = query(
        home,
        "select cac, cac_low, cac_high from marts.fct_source_cac_ltv"
        " where source = 'webinar' and attribution_model = 'w_shaped'",
    )
    (row,) = cac["rows"]
    assert row["source"] == "webinar"
    assert row["cac"] == pytest.approx(expected)
    assert (row["cac_low"], row["cac_high"]) == pytest.approx((low, high))
    assert 0 <= row["lead_to_mql_rate_low"] <= row["lead_to_mql_rate"] <= row["lead_to_mql_rate_high"] <= 1
    failed = query(home, "select check_name from marts.check_results where not passed")
    assert {alarm["check_name"] for alarm in alarms} == {name for (name,) in failed}
    assert all(alarm["asks"] for alarm in alarms)
    ((recommendation, reason, quarter),) = query(
        home,
        "select recommendation, recommendation_reason, quarter from marts.source_performance_quarterly"
        " where source = 'webinar' and attribution_model = 'w_shaped'"
        # The quarter that the company is in has a figure for webinars too.
        f" and quarter + interval 3 month <= date '{AS_OF}' order by quarter desc limit 1",
    )
    assert (verdict["recommendation"], verdict["recommendation_reason"]) == (recommendation, reason)
    assert verdict["quarter"] == quarter.isoformat()
    assert all(isinstance(answer, str) for answer in refused), json.dumps(refused, default=str)
    said = ["did you mean", "no dimension of cac", "may not contain", "no dimension", "once per model"]
    said += ["since", "no source", "no recommendation", "no metric"]
    said += ["no dimension", "over all time", "whole months", "once per model", "after until", "since and until"]
    for words, answer in zip(said, refused, strict=True):
        assert words in answer
    # Nothing was written.
    assert query(home, "select count(*) > 0 from marts.dim_sources") == [(True,)]
